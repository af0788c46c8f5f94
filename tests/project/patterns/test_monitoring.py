"""Counters that all workers share, percentiles that can be trusted, one event a failure."""

from __future__ import annotations

import asyncio
import math
import random
from typing import TYPE_CHECKING, get_args

import pytest
import sentry_sdk

from project.patterns.monitoring import (
    Monitor,
    Outcome,
    Seen,
    bucket,
    increments,
    latencies,
    percentile,
    report_failure,
)
from tests.doubles import Clock

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from project.redis_link import RedisLink
    from world.sentry import SentryIngest

MISS = Seen("miss", 0.2, "shop", "gpt-4o", 10, 20, cost_nano=300, attempts=3)
HIT = Seen("semantic", 0.001, "shop", "gpt-4o", saved_nano=300)
TRACE = "0af7651916cd43dd8448eb211c80319c"


async def test_workers_add_to_the_same_counters(link: RedisLink) -> None:
    """Two monitors stand for two workers; either one reads the sum."""
    one, two = Monitor(link), Monitor(link)
    await asyncio.gather(*(monitor.record(MISS) for monitor in (one, two) * 50))
    await two.record(HIT)
    totals = await one.totals(minutes=2)
    assert totals["requests:miss"] == 100
    assert totals["cost:tenant:shop"] == totals["cost:model:gpt-4o"] == 30_000
    assert (totals["tokens_in:gpt-4o"], totals["tokens_out:gpt-4o"]) == (1_000, 2_000)
    assert (totals["retries"], totals["requests:semantic"], totals["saved:shop"]) == (200, 1, 300)
    assert sum(latencies(totals, "miss").values()) == 100
    assert latencies(totals, "hit") == {bucket(0.001): 1}


async def test_totals_are_those_of_the_last_minutes(link: RedisLink) -> None:
    """A minute that is over leaves the sum when its time has come."""
    clock = Clock(600.0)
    monitor = Monitor(link, clock=clock)
    for clock.now in (600.0, 659.0, 660.0):
        await monitor.record(MISS)
    assert [(await monitor.totals(minutes=n))["requests:miss"] for n in (1, 2, 60)] == [1, 3, 3]
    clock.now = 720.0
    assert (await monitor.totals(minutes=2))["requests:miss"] == 1


async def test_nothing_is_counted_before_the_first_request(link: RedisLink) -> None:
    """No keys, no counters, no error."""
    assert await Monitor(link).totals(minutes=60) == {}


async def test_a_minute_is_forgotten_in_time(link: RedisLink, redis: Redis) -> None:
    """Every key has a time to live."""
    await Monitor(link, keep_seconds=7).record(MISS)
    assert [6_000 < (await redis.pttl(key) or 0) <= 7_000 for key in await redis.keys()] == [True]


async def test_a_redis_that_forgot_its_scripts_is_told_again_what_to_count(
    link: RedisLink, redis: Redis
) -> None:
    """After SCRIPT FLUSH nothing is lost."""
    monitor = Monitor(link)
    await redis.script_flush()
    await monitor.record(MISS)
    await redis.script_flush()
    assert (await monitor.totals(minutes=2))["requests:miss"] == 1


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_every_outcome_is_counted_on_its_side(outcome: Outcome) -> None:
    """Hits and misses have latencies of their own."""
    counted = increments(Seen(outcome, 0.1))
    side = "hit" if outcome in {"exact", "semantic"} else "miss"
    assert counted == {f"requests:{outcome}": 1, f"latency:{side}:{bucket(0.1)}": 1}


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 0.000_099, 0.0001])
def test_what_is_faster_than_the_first_bucket_is_in_it(seconds: float) -> None:
    """No latency falls out at the bottom."""
    assert bucket(seconds) == 0


def test_buckets_grow_with_the_latency() -> None:
    """A longer request is never in an earlier bucket, and buckets are at most 5 % wide."""
    seconds = [0.0001 * 1.01**n for n in range(2000)]
    numbers = [bucket(s) for s in seconds]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(max(numbers) + 1))


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99, 1.0])
def test_a_percentile_is_within_five_percent_of_the_true_one(share: float) -> None:
    """Over 2,000 random latencies the buckets lose no more than their width."""
    dice = random.Random(5)
    seconds = sorted(dice.lognormvariate(-2, 1.5) for _ in range(2000))
    buckets: dict[int, int] = {}
    for s in seconds:
        buckets[bucket(s)] = buckets.get(bucket(s), 0) + 1
    true_ms = seconds[math.ceil(share * 2000) - 1] * 1000
    assert percentile(buckets, share) == pytest.approx(true_ms, rel=0.05)


def test_a_percentile_is_that_of_a_request() -> None:
    """Of three requests the second is the median: half of them, rounded up."""
    quick, slow = bucket(0.01), bucket(1.0)
    assert percentile({quick: 1, slow: 2}, 0.5) == pytest.approx(1000, rel=0.05)
    assert percentile({quick: 2, slow: 1}, 0.5) == pytest.approx(10, rel=0.05)


def test_without_requests_there_is_no_percentile() -> None:
    """None is not zero."""
    assert percentile({}, 0.5) is None


def test_a_failure_is_one_event_in_the_callers_trace(sentry: SentryIngest) -> None:
    """The event carries tags and the caller's trace id, and its id is returned."""
    event_id = report_failure(ValueError("why"), trace_id=TRACE, tags={"tenant": "shop"})
    sentry_sdk.flush(2)
    (event,) = sentry.events.all()
    assert event["event_id"] == event_id
    assert event["contexts"]["trace"]["trace_id"] == TRACE
    assert event["tags"]["tenant"] == "shop"
    assert event["exception"]["values"][-1]["type"] == "ValueError"


def test_the_next_failure_has_nothing_of_the_last(sentry: SentryIngest) -> None:
    """Tags and trace belong to one event."""
    report_failure(ValueError("a"), trace_id=TRACE, tags={"tenant": "one", "odd": "yes"})
    report_failure(ValueError("b"), trace_id=TRACE[::-1], tags={"tenant": "two"})
    sentry_sdk.flush(2)
    first, second = sentry.events.all()
    assert (first["tags"], second["tags"]) == ({"tenant": "one", "odd": "yes"}, {"tenant": "two"})
    assert second["contexts"]["trace"]["trace_id"] == TRACE[::-1]


def test_without_sentry_a_failure_has_no_event() -> None:
    """Nothing is sent, nothing breaks."""
    assert report_failure(ValueError("a"), trace_id=TRACE, tags={"tenant": "one"}) is None
