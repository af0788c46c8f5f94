"""Each request is one record and one log line; each final failure is one event."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
import sentry_sdk

from project.errors import (
    ApiError,
    BudgetExceeded,
    Malformed,
    ProviderRefused,
    ProviderUnavailable,
    RateLimited,
)
from project.observer import Observer
from project.patterns.monitoring import Monitor
from project.patterns.rate_limit import Decision
from project.tenants import Tenant
from project.tracing import TraceContext
from project.trail import Trail
from tests.doubles import Outage

if TYPE_CHECKING:
    from project.redis_link import RedisLink
    from world.sentry import SentryIngest

TRACE = "0af7651916cd43dd8448eb211c80319c"
DECISION = Decision(allowed=False, states=())


def new_trail() -> Trail:
    """Begin a request that was let in."""
    trail = Trail("Bearer key", "req-1", TraceContext.from_header(f"00-{TRACE}-{'1' * 16}-01"))
    trail.tenant, trail.model = Tenant("shop", "free"), "gpt-4o"
    trail.attempts, trail.cost = 2, 5000
    return trail


@pytest.fixture
def observer(link: RedisLink) -> Observer:
    """Give an observer that counts in Redis."""
    return Observer(Monitor(link))


async def fail(observer: Observer, trail: Trail, error: BaseException) -> None:
    """Let a watched request end with an error, which must come out as it went in."""
    with pytest.raises(type(error)) as caught:
        async with observer.watch(trail):
            raise error
    assert caught.value is error


async def outcomes(observer: Observer) -> dict[str, int]:
    """Return the outcomes that were counted."""
    await observer.drain()
    totals = await observer.monitor.totals(minutes=2)
    return {k.removeprefix("requests:"): v for k, v in totals.items() if k.startswith("requests:")}


async def test_a_request_that_ends_well_is_counted_once(
    observer: Observer, sentry: SentryIngest
) -> None:
    """With its tenant, model, cost and retries; nothing is sent to Sentry."""
    async with observer.watch(new_trail()):
        pass
    assert await outcomes(observer) == {"miss": 1}
    totals = await observer.monitor.totals(minutes=2)
    assert (totals["cost:tenant:shop"], totals["cost:model:gpt-4o"], totals["retries"]) == (
        5000,
        5000,
        1,
    )
    sentry_sdk.flush(1)
    assert sentry.events.all() == []


@pytest.mark.parametrize(
    ("error", "outcome", "events"),
    [
        (Malformed("m"), "refused", 0),
        (BudgetExceeded("m"), "budget", 0),
        (RateLimited(DECISION), "rate_limited", 0),
        (ProviderRefused(422, {}), "refused", 0),
        (ProviderUnavailable("m"), "error", 1),
        (ZeroDivisionError("m"), "error", 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_an_error_is_counted_reported_and_passed_on(
    observer: Observer, sentry: SentryIngest, error: Exception, outcome: str, events: int
) -> None:
    """Only what is our fault or the provider's is an event."""
    await fail(observer, new_trail(), error)
    assert await outcomes(observer) == {outcome: 1}
    sentry_sdk.flush(1)
    assert len(sentry.events.all()) == events


async def test_an_event_says_who_and_what(observer: Observer, sentry: SentryIngest) -> None:
    """In the caller's trace, with ids and no key."""
    await fail(observer, new_trail(), ProviderUnavailable("m"))
    await observer.drain()
    sentry_sdk.flush(1)
    (event,) = sentry.events.all()
    assert event["contexts"]["trace"]["trace_id"] == TRACE
    assert event["tags"] == {
        "request_id": "req-1", "tenant": "shop", "model": "gpt-4o", "attempts": "2",
    }  # fmt: skip
    assert "key" not in str(event["tags"])


async def test_a_stranger_can_fail_too(observer: Observer) -> None:
    """Without a tenant and a model the record has none."""
    await fail(observer, Trail(None, "r", TraceContext.from_header(None)), ApiError("m"))
    assert await outcomes(observer) == {"refused": 1}


@pytest.mark.parametrize(("degraded", "missing"), [(True, ["limits"]), (False, [])])
async def test_a_refused_request_shows_its_quota(
    observer: Observer, degraded: bool, missing: list[str]
) -> None:
    """The headers of a 429 come from the decision; one without Redis says so."""
    trail = new_trail()
    await fail(observer, trail, RateLimited(DECISION, degraded=degraded))
    await observer.drain()
    assert (trail.quota, trail.degraded) == (DECISION, missing)


async def test_a_caller_that_hangs_up_is_counted_too(observer: Observer) -> None:
    """A cancelled request leaves its record."""
    await fail(observer, new_trail(), asyncio.CancelledError())
    assert sum((await outcomes(observer)).values()) == 1


async def test_what_cannot_be_counted_is_lost_and_known(link: RedisLink) -> None:
    """No request waits or fails because Redis is away; the loss is a number."""
    redis = Outage(link)
    observer = Observer(Monitor(redis))
    redis.away = True
    for _ in range(3):
        async with observer.watch(new_trail()):
            pass
    await observer.drain()
    redis.away = False
    assert (observer.lost, await outcomes(observer)) == (3, {})


async def test_the_log_line_says_how_it_ended(
    observer: Observer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids, outcome, tokens, cost; no key and no prompt."""
    monkeypatch.setattr(logging.getLogger("project"), "propagate", True)
    caplog.set_level(logging.INFO, "project")
    trail = new_trail()
    trail.tokens_in, trail.tokens_out, trail.outcome = 7, 9, "semantic"
    async with observer.watch(trail):
        trail.lacks("cache")
    await observer.drain()
    (record,) = caplog.records
    fields: dict[str, Any] = vars(record)["fields"]
    assert fields.pop("ms") >= 0
    assert fields == {
        "request_id": "req-1", "trace_id": TRACE, "tenant": "shop", "model": "gpt-4o",
        "outcome": "semantic", "tokens_in": 7, "tokens_out": 9, "cost_usd": "0.000005",
        "attempts": 2, "degraded": ["cache"],
    }  # fmt: skip
