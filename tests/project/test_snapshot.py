"""The dashboard's numbers and Prometheus' text come from the same counters."""

from __future__ import annotations

from collections import Counter

import pytest

from project.patterns.monitoring import Seen, increments
from project.snapshot import prometheus, snapshot

SEEN = [
    Seen("exact", 0.001, "shop", "gpt-4o", saved_nano=2_000_000),
    Seen("semantic", 0.002, "shop", "gpt-4o", saved_nano=1_000_000),
    Seen("miss", 0.1, "shop", "gpt-4o", 10, 20, cost_nano=3_000_000, attempts=3),
    Seen("miss", 0.3, "bank", "gpt-4o-mini", 1, 2, cost_nano=5, attempts=1),
    Seen("error", 0.4, "bank", "gpt-4o-mini", attempts=5),
    Seen("rate_limited", 0.0, "bank"),
    Seen("budget", 0.0, "bank"),
    Seen("refused", 0.0),
]


def totals(*seen: Seen) -> Counter[str]:
    """Add requests up as Redis does."""
    return sum((Counter(increments(one)) for one in seen), Counter())


def test_the_snapshot_is_what_happened() -> None:
    """Outcomes, rates, costs and latencies of eight requests."""
    shown = snapshot(totals(*SEEN), window_seconds=3600, breaker={"gpt-4o": "open"})
    latency = shown.pop("latency_ms")
    assert shown == {
        "window_seconds": 3600,
        "requests": {
            "exact": 1, "semantic": 1, "miss": 2, "rate_limited": 1,
            "budget": 1, "error": 1, "refused": 1,
        },
        "tokens": {"in": {"gpt-4o": 10, "gpt-4o-mini": 1}, "out": {"gpt-4o": 20, "gpt-4o-mini": 2}},
        "cost_usd": {
            "total": "0.003000005",
            "by_tenant": {"shop": "0.003", "bank": "0.000000005"},
            "by_model": {"gpt-4o": "0.003", "gpt-4o-mini": "0.000000005"},
        },
        "saved_usd": "0.003",
        "hit_rate": 0.5,
        "error_rate": 0.2,
        "retries": 6,
        "breaker": {"gpt-4o": "open"},
    }  # fmt: skip
    assert latency["hit"]["n"] == 2
    assert latency["hit"]["p50"] == pytest.approx(1.0, rel=0.05)
    assert latency["miss"]["p99"] == pytest.approx(400, rel=0.05)


def test_nothing_counted_is_not_zero() -> None:
    """Without requests there is no rate and no latency."""
    shown = snapshot({}, window_seconds=60, breaker={})
    assert (shown["hit_rate"], shown["error_rate"], shown["saved_usd"]) == (None, None, "0.00")
    assert shown["latency_ms"]["hit"] == {"p50": None, "p95": None, "p99": None, "n": 0}
    assert set(shown["requests"].values()) == {0}


def test_only_errors_are_an_error_rate() -> None:
    """Where nothing was served there is an error rate and no hit rate."""
    shown = snapshot(totals(SEEN[4]), window_seconds=60, breaker={})
    assert (shown["hit_rate"], shown["error_rate"]) == (None, 1.0)


def test_prometheus_reads_the_same_numbers() -> None:
    """Text format 0.0.4: a type line a metric, a sample a line, a new line at the end."""
    assert prometheus(totals(SEEN[2], SEEN[4])) == (
        "# TYPE ai_requests gauge\n"
        'ai_requests{outcome="error"} 1\n'
        'ai_requests{outcome="miss"} 1\n'
        "# TYPE ai_cost_nanodollars gauge\n"
        'ai_cost_nanodollars{tenant="shop"} 3000000\n'
        "# TYPE ai_retries gauge\n"
        "ai_retries 6\n"
    )


def test_labels_are_escaped() -> None:
    """A tenant's name cannot add a line or a label."""
    text = prometheus({'cost:tenant:a"b\\c\nd': 1})
    assert 'ai_cost_nanodollars{tenant="a\\"b\\\\c\\nd"} 1\n' in text
