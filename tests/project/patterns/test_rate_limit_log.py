"""The log itself: settled in place, small, gone in time; and no admission more than its rule."""

from __future__ import annotations

import asyncio
import math
import random
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from project.patterns.rate_limit import EPOCH_MS, MAX_TOKENS, RateLimiter, Window

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from project.redis_link import RedisLink

NOW = 1_800_000_000_000
KEY = "ai:rate:a"
MINUTE = Window(1000, 60)
TOKENS = Window(1000, 60, "tokens")
CALLER = """
import asyncio, sys
from project.patterns.rate_limit import RateLimiter, Window
from project.redis_link import RedisLink

async def main():
    link = RedisLink(sys.argv[1], deadline_seconds=10)
    await link.start()
    print("ready", flush=True)
    sys.stdin.readline()
    limiter = RateLimiter(link)
    calls = [limiter.admit("a", (Window(40, 60), Window(90, 3600))) for _ in range(25)]
    print(sum(decision.allowed for decision in await asyncio.gather(*calls)))
    await link.aclose()

asyncio.run(main())
"""


@pytest.fixture
def limiter(link: RedisLink) -> RateLimiter:
    """Give the limiter over the API's own connection."""
    return RateLimiter(link)


async def entries(redis: Redis) -> list[tuple[int, int]]:
    """Return the log as (milliseconds after NOW, tokens)."""
    log = await redis.get(KEY) or b""
    assert isinstance(log, bytes)
    cut = [(log[i : i + 5], log[i + 5 : i + 8]) for i in range(0, len(log), 8)]
    return [(int.from_bytes(a) + EPOCH_MS - NOW, int.from_bytes(b)) for a, b in cut]


async def reserve(limiter: RateLimiter, ms: int, tokens: int) -> str:
    """Admit one call and return its reservation."""
    return (await limiter.admit("a", (TOKENS,), tokens=tokens, now_ms=NOW + ms)).reservation


async def test_settle_rewrites_one_entry_in_place(limiter: RateLimiter, redis: Redis) -> None:
    """Among entries of one millisecond the right one is settled, and nothing else moves."""
    _, _, second, _ = [await reserve(limiter, ms, 9) for ms in (1, 5, 5, 5)]
    lives = await redis.pttl(KEY)
    assert await limiter.settle("a", second, 7)
    assert await entries(redis) == [(1, 9), (5, 9), (5, 7), (5, 9)]
    assert 0 < await redis.pttl(KEY) <= lives


async def test_a_refund_makes_room(limiter: RateLimiter) -> None:
    """What is settled lower can be taken by others at once, what is settled higher cannot."""
    reservation = await reserve(limiter, 0, 900)
    await limiter.settle("a", reservation, 0)
    assert await reserve(limiter, 1, 1000)
    await limiter.settle("a", reservation, 1)
    refused = await limiter.peek("a", (TOKENS,), now_ms=NOW + 2)
    assert (refused.allowed, refused.retry_after_seconds) == (False, 59.999)


async def test_settle_finds_its_entry_after_others_left(limiter: RateLimiter, redis: Redis) -> None:
    """A place is counted among the entries of its millisecond, not from the log's beginning."""
    await reserve(limiter, 0, 1)
    kept = await reserve(limiter, 30_000, 2)
    await reserve(limiter, 60_001, 3)
    assert await limiter.settle("a", kept, 9)
    assert await entries(redis) == [(30_000, 9), (60_001, 3)]


@pytest.mark.parametrize("left", ["reset", "trimmed", "replaced"])
async def test_an_entry_that_left_cannot_be_settled(
    limiter: RateLimiter, redis: Redis, left: str
) -> None:
    """Settling too late changes nothing and says so."""
    reservation = await reserve(limiter, 5, 10)
    if left != "trimmed":
        await limiter.reset("a")
    if left != "reset":
        await reserve(limiter, 70_000, 3)
    before = await entries(redis)
    assert not await limiter.settle("a", reservation, 1)
    assert await entries(redis) == before


async def test_settle_keeps_what_three_bytes_can_hold(limiter: RateLimiter, redis: Redis) -> None:
    """More is written as the most there is."""
    await limiter.settle("a", await reserve(limiter, 0, 1), MAX_TOKENS + 5)
    assert await entries(redis) == [(0, MAX_TOKENS)]


async def test_a_redis_that_forgot_its_scripts_is_told_again(
    limiter: RateLimiter, redis: Redis
) -> None:
    """NOSCRIPT, after a restart or a fail-over, costs one more round trip and nothing else."""
    await redis.script_flush()
    reservation = await reserve(limiter, 0, 10)
    await redis.script_flush()
    assert await limiter.settle("a", reservation, 4)
    assert await entries(redis) == [(0, 4)]


async def test_a_hundred_calls_take_at_most_a_thousand_bytes(
    limiter: RateLimiter, redis: Redis
) -> None:
    """The log is packed, whatever the calls weigh; a heavy call takes no more than a light one."""
    for n in range(100):
        await limiter.admit("a", (MINUTE, Window(100, 3600)), tokens=90_000, now_ms=NOW + n)
    assert 800 < (await redis.memory_usage(KEY) or 0) <= 1000


async def test_the_log_keeps_no_more_than_the_longest_window(
    limiter: RateLimiter, redis: Redis
) -> None:
    """Entries that no window counts are cut off with the next call."""
    windows = (Window(9, 1), MINUTE)
    for ms in (0, 30_000, 60_000, 60_001):
        await limiter.admit("a", windows, now_ms=NOW + ms)
    assert [ms for ms, _ in await entries(redis)] == [30_000, 60_000, 60_001]


async def test_every_key_lives_as_long_as_the_longest_window(
    limiter: RateLimiter, redis: Redis
) -> None:
    """No key is for ever, and none is gone before its entries are."""
    for n in range(20):
        await limiter.admit(f"s{n}", (Window(2, 7), Window(5, 9)), now_ms=NOW)
    lives = [await redis.pttl(key) or 0 for key in await redis.keys("*")]
    assert len(lives) == 20
    assert all(8_000 < ms <= 9_001 for ms in lives)


@dataclass
class PlainLog:
    """The rule by itself: a list of calls, every window asked in turn, every instant tried."""

    windows: tuple[Window, ...]
    calls: list[tuple[int, int]] = field(default_factory=list)

    def used(self, window: Window, at: int) -> int:
        """Return what a window holds at an instant."""
        since = at - math.ceil(window.seconds * 1000)
        weighted = window.unit == "tokens"
        return sum(tokens if weighted else 1 for ms, tokens in self.calls if ms >= since)

    def fits(self, window: Window, at: int, tokens: int) -> bool:
        """Say whether one more call is within the limit."""
        cost = tokens if window.unit == "tokens" else 1
        return self.used(window, at) + cost <= window.limit

    def admit(self, at: int, tokens: int) -> tuple[bool, float, list[int]]:
        """Return whether a call is admitted, its wait in seconds, what each window has left."""
        now = max([at, *(ms for ms, _ in self.calls)])
        leaving = {
            ms + math.ceil(w.seconds * 1000) + 1 for ms, _ in self.calls for w in self.windows
        }
        instants = sorted(t for t in {now, *leaving} if t >= now)
        fitting = (t for t in instants if all(self.fits(w, t, tokens) for w in self.windows))
        first = next(fitting, math.inf)
        if first == now:
            self.calls.append((now, tokens))
        left = [max(0, w.limit - self.used(w, now)) for w in self.windows]
        return first == now, (first - now) / 1000, left


@pytest.mark.parametrize("seed", range(4))
async def test_every_decision_is_that_of_a_plain_log(limiter: RateLimiter, seed: int) -> None:
    """Over random calls, clock steps back included, no decision, wait or rest differs."""
    dice = random.Random(seed)
    spans = dice.sample([3.0, 5.5, 20.0, 60.0, 61.003], 3)
    windows = (
        Window(dice.randint(2, 9), spans[0]),
        Window(dice.randint(10, 30), spans[1]),
        Window(dice.randint(100, 900), spans[2], "tokens"),
    )
    plain, at, waits = PlainLog(windows), NOW, set[float]()
    for n in range(1_500):
        at += dice.choice([0, 0, 1, 9, 300, 1_000, 3_001, -5, -2_000])
        tokens = dice.choice([0, 1, 50, 101, 950])
        decision = await limiter.admit("a", windows, tokens=tokens, now_ms=at)
        seen = (
            decision.allowed,
            decision.retry_after_seconds,
            [s.remaining for s in decision.states],
        )
        assert seen == plain.admit(at, tokens), f"decision {n} of seed {seed}"
        waits.add(decision.retry_after_seconds)
    assert {0.0, math.inf} < waits  # some were admitted, some had to wait, some can never fit


async def test_a_burst_admits_exactly_the_limit(limiter: RateLimiter) -> None:
    """Fifty callers at once in one process get ten places."""
    calls = [limiter.admit("a", (Window(10, 60), Window(40, 3600))) for _ in range(50)]
    assert sum(decision.allowed for decision in await asyncio.gather(*calls)) == 10


async def test_four_processes_together_admit_exactly_the_limit(redis_url: str) -> None:
    """A hundred callers in four processes get forty places."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", CALLER, redis_url)
    workers = [
        await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe) for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"ready\n"
    results = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
    assert sum(int(out) for out, _ in results) == 40
