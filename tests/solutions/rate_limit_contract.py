"""What every rate limiter of lab 1 has to keep: the reference, the notebook's, and no wrong twin.

A clause is given a way to build a limiter, and an empty Redis. Two limiters stand for two servers.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pytest

from project.patterns.rate_limit import Decision, Window, Windows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

T0 = 1_800_000_000_000  # a full minute
TEN, TWO = (Window(10, 60),), (Window(2, 60),)
THOUSAND = (Window(1_000, 60, "tokens"),)


class Limiter(Protocol):
    """The part of a limiter that callers need."""

    async def admit(
        self, subject: str, windows: Windows, *, tokens: int = 0, now_ms: int | None = None
    ) -> Decision:
        """Take one request of `tokens` from every window, or from none."""

    async def settle(self, subject: str, reservation: str, tokens: int) -> bool:
        """Correct what a reservation took."""


Make: TypeAlias = "Callable[[Redis], Limiter]"
Clause: TypeAlias = "Callable[[Make, Redis], Awaitable[None]]"


async def admitted(limiter: Limiter, windows: Windows, *at_ms: int, tokens: int = 0) -> list[bool]:
    """Return whether each of several calls is admitted, at milliseconds after T0."""
    decisions = [await limiter.admit("ada", windows, tokens=tokens, now_ms=T0 + at) for at in at_ms]
    return [decision.allowed for decision in decisions]


async def test_a_burst_admits_exactly_the_limit(make: Make, redis: Redis) -> None:
    """Of twenty calls at once, ten of ten a minute are admitted."""
    assert await admitted(make(redis), TEN, *range(20)) == [True] * 10 + [False] * 10


async def test_no_minute_holds_more_wherever_it_begins(make: Make, redis: Redis) -> None:
    """A burst across a full minute is one burst."""
    across = [*range(59_000, 59_010), *range(60_000, 60_010)]
    assert sum(await admitted(make(redis), TEN, *across)) == 10


async def test_a_refusal_leaves_no_trace(make: Make, redis: Redis) -> None:
    """Whoever asks too early is admitted as soon as the admitted calls have left."""
    early = [0, 0, 30_000, 30_000, 59_000]
    assert await admitted(make(redis), TWO, *early, 60_001) == [True] * 2 + [False] * 3 + [True]


async def test_a_refusal_costs_no_other_window(make: Make, redis: Redis) -> None:
    """The calls that a second refuses are not missing in the minute, in either order."""
    limiter, times = make(redis), range(0, 6_000, 200)
    assert sum(await admitted(limiter, (*TEN, Window(2, 1)), *times)) == 10
    later = range(600_000, 606_000, 200)
    assert sum(await admitted(limiter, (Window(2, 1), *TEN), *later)) == 10


async def test_callers_at_once_do_not_race(make: Make, redis: Redis) -> None:
    """Fifty callers on fifty connections share one limit, by the clock of Redis."""
    await asyncio.gather(*(redis.ping() for _ in range(50)))
    limiter = make(redis)
    decisions = await asyncio.gather(*(limiter.admit("ada", TEN) for _ in range(50)))
    assert sum(decision.allowed for decision in decisions) == 10


async def test_a_fast_clock_admits_nobody(make: Make, redis: Redis) -> None:
    """A server whose clock is an hour ahead decides like all others."""
    now, now_ns = time.time, time.time_ns
    assert (await make(redis).admit("ada", (Window(1, 60),))).allowed
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(time, "time", lambda: now() + 3_600)
        clock.setattr(time, "time_ns", lambda: now_ns() + 3_600 * 10**9)
        fast = await make(redis).admit("ada", (Window(1, 60),))
    assert not fast.allowed


async def test_every_key_ends(make: Make, redis: Redis) -> None:
    """A minute after the last call nothing is left in Redis."""
    await admitted(make(redis), TWO, 0, 1, 2)
    keys: list[Any] = await redis.keys("*")
    assert keys
    assert all([0 < await redis.pttl(key) <= 60_001 for key in keys])


async def test_tenants_do_not_share(make: Make, redis: Redis) -> None:
    """One tenant's burst takes nothing from another."""
    limiter = make(redis)
    await admitted(limiter, TWO, 0, 0)
    assert (await limiter.admit("bob", TWO, now_ms=T0)).allowed


async def test_a_refusal_says_when_to_come_back(make: Make, redis: Redis) -> None:
    """One millisecond before the stated time is too early, at that time the call is admitted."""
    limiter = make(redis)
    await admitted(limiter, TWO, 100, 250)
    refused = await limiter.admit("ada", TWO, now_ms=T0 + 5_000)
    due = 5_000 + round(refused.retry_after_seconds * 1000)
    assert (refused.allowed, due) == (False, 60_101)
    assert await admitted(limiter, TWO, due - 1, due) == [False, True]


async def test_what_was_not_used_comes_back(make: Make, redis: Redis) -> None:
    """A reservation of 800 tokens that took 120 leaves room for 880 in the thousand."""
    limiter = make(redis)
    held = await limiter.admit("ada", THOUSAND, tokens=800, now_ms=T0)
    assert await admitted(limiter, THOUSAND, 0, tokens=300) == [False]
    assert await limiter.settle("ada", held.reservation, 120)
    assert await admitted(limiter, THOUSAND, 0, 0, tokens=880) == [True, False]


CONTRACT: tuple[Clause, ...] = (
    test_a_burst_admits_exactly_the_limit,
    test_no_minute_holds_more_wherever_it_begins,
    test_a_refusal_leaves_no_trace,
    test_a_refusal_costs_no_other_window,
    test_callers_at_once_do_not_race,
    test_a_fast_clock_admits_nobody,
    test_every_key_ends,
    test_tenants_do_not_share,
    test_a_refusal_says_when_to_come_back,
    test_what_was_not_used_comes_back,
)
