"""What one caller sees of the exact sliding-window log, in virtual time."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING

import pytest

from project.patterns.rate_limit import EPOCH_MS, MAX_TOKENS, RateLimiter, Window

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from project.patterns.rate_limit import Decision
    from project.redis_link import RedisLink

NOW = 1_800_000_000_000
MINUTE = Window(2, 60)
HOUR = Window(3, 3600)
BOTH = (MINUTE, HOUR)
TOKENS = Window(100, 60, "tokens")
KEY = "ai:rate:a"


@pytest.fixture
def limiter(link: RedisLink) -> RateLimiter:
    """Give the limiter over the API's own connection."""
    return RateLimiter(link)


async def admitted(limiter: RateLimiter, at: list[float], windows: tuple[Window, ...]) -> list[int]:
    """Return for each instant (in seconds after NOW) 1 when a call was admitted."""
    decisions = [await limiter.admit("a", windows, now_ms=NOW + round(s * 1000)) for s in at]
    return [int(decision.allowed) for decision in decisions]


def members(field: str) -> dict[str, dict[str, str]]:
    """Read a structured field: a list of strings with parameters."""
    found = {}
    for member in field.split(", "):
        name, *parameters = member.split(";")
        assert re.fullmatch(r'"[a-z0-9.-]+"', name)
        found[name.strip('"')] = dict(p.split("=", 1) for p in parameters)
    return found


async def test_the_call_after_the_limit_is_refused(limiter: RateLimiter) -> None:
    """A window admits its limit; the refusal names the window and the wait."""
    first, second, third = [
        await limiter.admit("a", (MINUTE,), now_ms=NOW + s * 1000) for s in (10, 50, 65)
    ]
    assert (first.allowed, first.states[0].remaining, first.retry_after_seconds) == (True, 1, 0.0)
    assert (second.allowed, second.states[0].remaining, second.refused_by) == (True, 0, None)
    assert (third.allowed, third.refused_by, third.reservation) == (False, MINUTE, "")
    assert third.retry_after_seconds == third.states[0].reset_seconds == 5.001


async def test_a_call_counts_while_it_is_at_most_as_old_as_the_window(limiter: RateLimiter) -> None:
    """Of two calls that share the edge's millisecond it is not known which is older: refused."""
    assert await admitted(limiter, [0, 0, 60, 60.001], (MINUTE,)) == [1, 1, 0, 1]


async def test_a_refusal_by_one_window_takes_nothing_from_the_others(
    limiter: RateLimiter, redis: Redis
) -> None:
    """A refusal writes nothing: not one byte of the log differs."""
    assert await admitted(limiter, [0, 1], BOTH) == [1, 1]
    before = await redis.get(KEY)
    assert await admitted(limiter, [2] * 20, BOTH) == [0] * 20
    assert await redis.get(KEY) == before
    assert await admitted(limiter, [61, 62, 3601], BOTH) == [1, 0, 1]


async def test_a_refusal_does_not_prolong_the_log(limiter: RateLimiter, redis: Redis) -> None:
    """A caller that never stops asking is admitted again in time."""
    await admitted(limiter, [0, 0], (MINUTE,))
    await redis.pexpire(KEY, 5_000)
    assert await admitted(limiter, [1], (MINUTE,)) == [0]
    assert await redis.pttl(KEY) <= 5_000


@pytest.mark.parametrize(
    ("windows", "weights"),
    [
        ((MINUTE,), [0, 0]),
        ((Window(9, 60), HOUR), [0, 0, 0]),
        ((Window(2, 0.25),), [0, 0]),
        ((TOKENS,), [60, 40]),
        ((TOKENS,), [1, 0, 1, 30, 30, 30]),
        ((MINUTE, TOKENS, Window(110, 600, "tokens")), [50, 40]),
    ],
    ids=["requests", "two windows", "a fraction", "tokens", "unequal tokens", "three windows"],
)
async def test_retry_after_is_exact_to_a_millisecond(
    limiter: RateLimiter, windows: tuple[Window, ...], weights: list[int]
) -> None:
    """A call is refused one millisecond before the stated time and admitted at it."""
    for n, tokens in enumerate(weights):
        assert (await limiter.admit("a", windows, tokens=tokens, now_ms=NOW + 7 * n)).allowed
    refused = await limiter.admit("a", windows, tokens=25, now_ms=NOW + 100)
    due = NOW + 100 + round(refused.retry_after_seconds * 1000)
    early = await limiter.admit("a", windows, tokens=25, now_ms=due - 1)
    assert (refused.allowed, early.allowed, early.retry_after_seconds) == (False, False, 0.001)
    assert (await limiter.admit("a", windows, tokens=25, now_ms=due)).allowed


async def test_a_clock_that_steps_back_admits_nobody_too_many(limiter: RateLimiter) -> None:
    """Time stands until the clock has caught up with the last call."""
    assert await admitted(limiter, [60, 60, 0, 59, 120, 120.001], (MINUTE,)) == [1, 1, 0, 0, 0, 1]


async def test_without_a_time_redis_own_clock_counts(limiter: RateLimiter) -> None:
    """The workers' clocks do not matter."""
    decision = await limiter.admit("a", BOTH)
    stated = (int(decision.reservation.split(".")[0]) + EPOCH_MS) / 1000
    assert abs(stated - time.time()) < 5


@pytest.mark.parametrize("tokens", [-1, MAX_TOKENS + 1])
async def test_tokens_that_the_log_cannot_hold_are_an_error(
    limiter: RateLimiter, redis: Redis, tokens: int
) -> None:
    """Three bytes hold 0 to 16,777,215, and the text says so."""
    with pytest.raises(ValueError, match=f"between 0 and 16777215, not {tokens}"):
        await limiter.admit("a", (TOKENS,), tokens=tokens)
    assert not await redis.exists(KEY)


@pytest.mark.parametrize("tokens", [0, 1, 255, 65_536, MAX_TOKENS])
async def test_every_number_of_tokens_survives_the_log(limiter: RateLimiter, tokens: int) -> None:
    """What was written is what is counted."""
    wide = (Window(2 * MAX_TOKENS, 60, "tokens"),)
    await limiter.admit("a", wide, tokens=tokens, now_ms=NOW)
    peeked = await limiter.peek("a", wide, now_ms=NOW)
    assert peeked.states[0].remaining == 2 * MAX_TOKENS - tokens


@pytest.mark.parametrize(
    ("window", "tokens"),
    [(TOKENS, 101), (Window(0, 60), 0)],
    ids=["more tokens than the limit", "a limit of nothing"],
)
async def test_what_can_never_fit_has_no_time_to_come_back(
    limiter: RateLimiter, window: Window, tokens: int
) -> None:
    """The wait is infinite, and no Retry-After is sent."""
    decision = await limiter.admit("a", (HOUR, window), tokens=tokens, now_ms=NOW)
    assert (decision.allowed, decision.refused_by) == (False, window)
    assert decision.retry_after_seconds == math.inf
    assert "Retry-After" not in decision.headers()


async def test_peek_tells_and_takes_nothing(limiter: RateLimiter, redis: Redis) -> None:
    """To ask costs nothing, however often."""
    await admitted(limiter, [0], (MINUTE,))
    before = await redis.get(KEY)
    peeked = [await limiter.peek("a", (MINUTE,), now_ms=NOW) for _ in range(5)]
    assert {(p.allowed, p.states[0].remaining, p.reservation) for p in peeked} == {(True, 1, "")}
    assert await redis.get(KEY) == before


async def test_subjects_do_not_share(limiter: RateLimiter) -> None:
    """One subject's calls take nothing from another, and a reset concerns one alone."""
    for subject in ("a", "b"):
        await limiter.admit(subject, (Window(1, 60),), now_ms=NOW)
    await limiter.reset("a")
    left = [await limiter.peek(s, (Window(1, 60),), now_ms=NOW) for s in ("a", "b", "c")]
    assert [decision.allowed for decision in left] == [True, False, True]


async def test_without_a_window_everything_is_admitted(limiter: RateLimiter) -> None:
    """No window, no limit."""
    decision = await limiter.admit("a", (), now_ms=NOW)
    assert (decision.allowed, decision.states) == (True, ())


def parsed(decision: Decision) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Return the two fields of a decision, read."""
    headers = decision.headers()
    return members(headers["RateLimit-Policy"]), members(headers["RateLimit"])


async def test_the_headers_tell_every_window(limiter: RateLimiter) -> None:
    """RateLimit-Policy and RateLimit have one member a window, in the draft's parameters."""
    windows = (MINUTE, Window(9, 0.5), TOKENS)
    await limiter.admit("a", windows, tokens=30, now_ms=NOW)
    policy, left = parsed(await limiter.admit("a", windows, tokens=20, now_ms=NOW + 100))
    assert policy == {
        "requests-60": {"q": "2", "w": "60"},
        "requests-0.5": {"q": "9", "w": "1"},
        "tokens-60": {"q": "100", "w": "60", "qu": '"tokens"'},
    }
    assert left == {
        "requests-60": {"r": "0", "t": "60"},
        "requests-0.5": {"r": "7", "t": "1"},
        "tokens-60": {"r": "50", "t": "60"},
    }


async def test_retry_after_in_the_headers_is_never_too_early(limiter: RateLimiter) -> None:
    """Whole seconds are rounded up; an admitted call has none."""
    first, _, refused = [await limiter.admit("a", (MINUTE,), now_ms=NOW + n) for n in range(3)]
    assert refused.retry_after_seconds == 59.999
    assert refused.headers()["Retry-After"] == "60"
    assert "Retry-After" not in first.headers()
