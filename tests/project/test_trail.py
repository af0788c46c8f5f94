"""What a request has left behind is what its headers say, as far as it came."""

from __future__ import annotations

import pytest

from project.patterns.rate_limit import Decision, Window, WindowState
from project.tracing import TraceContext
from project.trail import Trail


def new_trail(**fields: str) -> Trail:
    """Begin a request."""
    return Trail(None, "req-1", TraceContext.from_header(None), **fields)  # type: ignore[arg-type]  # fields by name


def test_a_request_that_went_nowhere_has_its_ids() -> None:
    """Nothing else is claimed."""
    trail = new_trail()
    assert trail.headers() == {"X-Request-Id": "req-1", "traceparent": trail.trace.header()}
    assert trail.upstream_headers() == trail.headers()


def test_each_step_adds_its_headers() -> None:
    """Quota, cache, attempts, what is missing, and the cost."""
    trail = new_trail()
    window = Window(10, 60)
    trail.quota = Decision(allowed=True, states=(WindowState(window, 9, 60.0),))
    trail.cache, trail.similarity, trail.attempts, trail.cost = "semantic", 0.98765, 3, 1_500_000
    for part in ("limits", "cache", "limits"):
        trail.lacks(part)
    headers = trail.headers()
    assert headers["RateLimit"] == '"requests-60";r=9;t=60'
    assert (headers["X-Cache"], headers["X-Cache-Similarity"]) == ("semantic", "0.988")
    assert (headers["X-Attempts"], headers["X-Degraded"]) == ("3", "limits, cache")
    assert trail.cost_usd() == "0.0015"


@pytest.mark.parametrize("tier", ["exact", "miss", "bypass"])
def test_only_a_semantic_hit_has_a_similarity(tier: str) -> None:
    """Elsewhere the number would mean nothing."""
    trail = new_trail()
    trail.cache = tier  # type: ignore[assignment]  # the parameters are tiers
    assert trail.headers()["X-Cache"] == tier
    assert "X-Cache-Similarity" not in trail.headers()


@pytest.mark.parametrize(
    ("given", "no_store", "no_cache"),
    [
        ("", False, False),
        ("no-store", True, False),
        ("no-cache", False, True),
        ("no-cache, no-store", True, True),
        ("max-age=0", False, False),
    ],
)
def test_cache_control_is_the_callers(given: str, no_store: bool, no_cache: bool) -> None:
    """`no-store` keeps nothing, `no-cache` wants a new answer."""
    trail = new_trail(cache_control=given)
    assert (trail.no_store, trail.no_cache) == (no_store, no_cache)
