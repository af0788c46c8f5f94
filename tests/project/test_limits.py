"""Tiers have limits, with Redis and without; who waits as long as told is admitted."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from typing import TYPE_CHECKING

import pytest

from project.errors import RateLimited
from project.limits import Limits, LocalLog
from project.patterns.rate_limit import MAX_TOKENS, RateLimiter, Window
from project.tenants import Tenant
from tests.doubles import Clock, Outage

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from project.redis_link import RedisLink
    from project.settings import RedisDown

NOW = 1_800_000_000_000
TOKENS = Window(100, 60, "tokens")
WINDOWS = {"free": (Window(2, 60),), "pro": (Window(9, 60), TOKENS)}
FREE, PRO = Tenant("shop", "free"), Tenant("bank", "pro")


@pytest.fixture
def redis_or_not(link: RedisLink) -> Outage:
    """Give a Redis that a test can take away."""
    return Outage(link)


def limits_over(redis: Outage, policy: RedisDown = "local", clock: Clock | None = None) -> Limits:
    """Build the limits with one policy for all tiers."""
    return Limits(RateLimiter(redis), WINDOWS, dict.fromkeys(WINDOWS, policy), clock or Clock())


async def outcomes(limits: Limits, tenant: Tenant, calls: int, tokens: int = 0) -> list[str]:
    """Return how each of some calls ended."""

    async def outcome() -> str:
        try:
            admission = await limits.admit(tenant, tokens)
        except RateLimited as error:
            return "refused, degraded" if error.degraded else "refused"
        return "admitted, degraded" if admission.degraded else "admitted"

    return [await outcome() for _ in range(calls)]


async def test_a_tier_has_its_own_windows(redis_or_not: Outage) -> None:
    """Two a minute for one, nine for the other; tenants do not share."""
    limits = limits_over(redis_or_not)
    assert await outcomes(limits, FREE, 4) == ["admitted"] * 2 + ["refused"] * 2
    assert await outcomes(limits, PRO, 4) == ["admitted"] * 4
    assert await outcomes(limits, Tenant("other", "free"), 1) == ["admitted"]


async def test_a_refusal_carries_its_decision(redis_or_not: Outage) -> None:
    """The caller is told which window and for how long."""
    limits = limits_over(redis_or_not)
    await outcomes(limits, FREE, 2)
    with pytest.raises(RateLimited, match=r"\(2 requests in 60 s\): retry in \d+\.\d+ s") as caught:
        await limits.admit(FREE, 0)
    assert caught.value.decision.refused_by == WINDOWS["free"][0]
    assert int(caught.value.headers()["Retry-After"]) in {60, 61}


async def test_tokens_are_settled_where_they_count(redis_or_not: Outage) -> None:
    """What was reserved and not used is free again."""
    limits = limits_over(redis_or_not)
    admission = await limits.admit(PRO, 90)
    assert await outcomes(limits, PRO, 1, tokens=20) == ["refused"]
    await limits.settle(PRO, admission.decision, 30)
    assert await outcomes(limits, PRO, 1, tokens=70) == ["admitted"]


async def test_where_only_calls_count_nothing_is_settled(
    redis_or_not: Outage, redis: Redis
) -> None:
    """No command is sent for a tier without a token limit, or without a reservation."""
    limits = limits_over(redis_or_not)
    free, pro = await limits.admit(FREE, 5), await limits.admit(PRO, 5)
    redis_or_not.away = True
    lonely = await limits.admit(PRO, 5)
    await limits.settle(FREE, free.decision, 1)
    await limits.settle(PRO, lonely.decision, 1)
    redis_or_not.away = False
    await limits.settle(PRO, pro.decision, 1)
    assert await redis.getrange("ai:rate:bank", -3, -1) == b"\x00\x00\x01"


async def test_more_tokens_than_the_log_can_hold_are_no_fault_of_ours(
    redis_or_not: Outage,
) -> None:
    """A gigantic call is decided like any other, with Redis and without."""
    limits = limits_over(redis_or_not)
    for redis_or_not.away in (False, True):
        with pytest.raises(RateLimited, match="it can never fit"):
            await limits.admit(PRO, MAX_TOKENS + 1)
        assert (await limits.admit(FREE, MAX_TOKENS + 1)).decision.allowed


@pytest.mark.parametrize(
    ("policy", "ends"),
    [
        ("open", ["admitted, degraded"] * 3),
        ("closed", ["refused, degraded"] * 3),
        ("local", ["admitted, degraded"] * 2 + ["refused, degraded"]),
    ],
)
async def test_while_redis_is_away_the_tiers_policy_holds(
    redis_or_not: Outage, policy: RedisDown, ends: list[str]
) -> None:
    """Everybody, nobody, or as many as this process counts; and it is said."""
    limits = limits_over(redis_or_not, policy)
    redis_or_not.away = True
    assert await outcomes(limits, FREE, 3) == ends
    redis_or_not.away = False
    assert await outcomes(limits, FREE, 3) == ["admitted", "admitted", "refused"]


async def test_a_closed_tier_is_told_to_come_back_soon(redis_or_not: Outage) -> None:
    """No window is full, so no window is named."""
    redis_or_not.away = True
    with pytest.raises(RateLimited, match=r"\(no service\)") as caught:
        await limits_over(redis_or_not, "closed").admit(FREE, 0)
    assert caught.value.headers()["Retry-After"] == "2"


async def test_each_outage_counts_anew(redis_or_not: Outage) -> None:
    """What one outage counted is forgotten when Redis is back."""
    limits = limits_over(redis_or_not)
    for _ in range(2):
        redis_or_not.away = True
        assert await outcomes(limits, FREE, 2) == ["admitted, degraded"] * 2
        assert await outcomes(limits, FREE, 1) == ["refused, degraded"]
        redis_or_not.away = False
        await outcomes(limits, PRO, 1)


async def test_an_outage_is_two_lines_in_the_log(
    redis_or_not: Outage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many requests notice it: one when it begins, one when it ends."""
    monkeypatch.setattr(logging.getLogger("project"), "propagate", True)
    limits = limits_over(redis_or_not)
    for redis_or_not.away in (True, False):
        await asyncio.gather(*(outcomes(limits, PRO, 3) for _ in range(3)))
    assert [record.message for record in caplog.records] == [
        "rate limits: Redis is away (ConnectionError), each tier's REDIS_DOWN holds",
        "rate limits: Redis is back",
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_alone_it_decides_as_the_shared_limiter_would(link: RedisLink, seed: int) -> None:
    """Over random calls no decision, wait or rest differs."""
    dice, clock = random.Random(seed), Clock(0.0)
    windows = (Window(3, 5), Window(12, 60), Window(150, 20, "tokens"))
    shared, alone = RateLimiter(link), LocalLog(clock)
    for _ in range(400):
        clock.now += dice.choice([0, 0.25, 0.5, 5, 5.25])
        tokens = dice.choice([0, 10, 60, 151])
        ms = NOW + round(clock.now * 1000)
        there = await shared.admit("a", windows, tokens=tokens, now_ms=ms)
        here = alone.admit("a", windows, tokens)
        assert (here.allowed, here.refused_by) == (there.allowed, there.refused_by)
        assert here.retry_after_seconds == pytest.approx(there.retry_after_seconds, abs=1e-6)
        assert [s.remaining for s in here.states] == [s.remaining for s in there.states]


@pytest.mark.parametrize("seconds", [60, 0.1, 59.7, 1 / 3])
def test_who_waits_as_long_as_told_is_admitted(seconds: float) -> None:
    """Also at times and windows that a float cannot hold exactly."""
    clock = Clock(123_456.789)
    alone, windows = LocalLog(clock), (Window(1, seconds),)
    assert alone.admit("a", windows, 0).allowed
    clock.now += 0.0123
    refused = alone.admit("a", windows, 0)
    clock.now += refused.retry_after_seconds
    assert (refused.allowed, alone.admit("a", windows, 0).allowed) == (False, True)


def test_alone_nothing_can_fit_that_is_larger_than_its_limit() -> None:
    """The wait is infinite, also where other calls would leave in time."""
    alone = LocalLog(Clock())
    assert alone.admit("a", (TOKENS,), 50).allowed
    assert alone.admit("a", (TOKENS,), 101).retry_after_seconds == math.inf


def test_alone_without_a_window_everything_is_admitted() -> None:
    """No window, no limit, no wait."""
    decision = LocalLog(Clock()).admit("a", (), 5)
    assert (decision.allowed, decision.states, decision.retry_after_seconds) == (True, (), 0.0)
