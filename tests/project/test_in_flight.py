"""As many calls run at once as may, over all workers, and no dead worker keeps a place."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import redis

from project.errors import TooManyInFlight
from project.in_flight import InFlight
from project.redis_link import RedisLink
from tests.project import flying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "ai:in_flight:tenant"


@pytest.fixture
def store(redis_url: str) -> Iterator[redis.Redis]:
    """Look into an empty Redis from beside."""
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def flights(store: redis.Redis, link: RedisLink) -> InFlight:
    """Offer places in an empty Redis, with a lease that no test outlives."""
    assert store.dbsize() == 0
    return InFlight(link, {}, lease_seconds=30)


async def until(condition: Callable[[], bool], *, seconds: float = 5.0) -> float:
    """Wait for a condition and return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds
        await asyncio.sleep(0.005)
    return time.monotonic() - began


async def run_dry(flights: InFlight) -> list[bool]:
    """Return what each of three asks for two places is told."""
    return [(await flights.acquire("tenant", 2)).allowed for _ in range(3)]


async def test_the_third_of_two_is_refused(flights: InFlight) -> None:
    """As many places are given as there are, and not one more."""
    assert await run_dry(flights) == [True, True, False]


async def test_a_refusal_takes_nothing(flights: InFlight, store: redis.Redis) -> None:
    """A caller that is refused leaves no lease behind."""
    await run_dry(flights)
    assert store.zcard(KEY) == 2


async def test_a_refusal_says_who_and_when(flights: InFlight) -> None:
    """A refusal carries the limit, what runs, and when to try again, also as headers."""
    async with flights.held("tenant", 1):
        with pytest.raises(TooManyInFlight) as refused:
            await flights.held("tenant", 1).__aenter__()
    flight = refused.value.flight
    assert (flight.limit, flight.running, flight.retry_after_seconds) == (1, 1, 1.0)
    assert refused.value.headers() == {
        "RateLimit-Policy": '"in-flight";q=1;qu="concurrent-requests"',
        "RateLimit": '"in-flight";r=0',
        "Retry-After": "1",
    }


async def test_an_admitted_call_knows_what_is_left(flights: InFlight) -> None:
    """A place says how many run with it."""
    async with flights.held("tenant", 5) as flight:
        assert flight.headers()["RateLimit"] == '"in-flight";r=4'
        assert "Retry-After" not in flight.headers()


async def test_subjects_do_not_share_places(flights: InFlight) -> None:
    """One tenant's calls leave another's places alone."""
    async with flights.held("tenant", 1), flights.held("other", 1) as flight:
        assert flight.running == 1


async def test_no_limit_asks_nothing(flights: InFlight, store: redis.Redis) -> None:
    """A tier without a limit costs no command and leaves no key."""
    async with flights.held("tenant", None) as flight:
        assert flight.allowed
        assert store.dbsize() == 0


async def test_the_end_of_the_block_gives_the_place_back(
    flights: InFlight, store: redis.Redis
) -> None:
    """A place is free, and its key gone, as soon as the block has ended."""
    async with flights.held("tenant", 1):
        assert 0 < store.pttl(KEY) <= 30_000
    assert store.dbsize() == 0


async def test_a_failing_block_gives_the_place_back(flights: InFlight, store: redis.Redis) -> None:
    """An error passes through, and the place is free."""
    with pytest.raises(ZeroDivisionError):
        async with flights.held("tenant", 1):
            raise ZeroDivisionError
    assert store.dbsize() == 0


async def test_a_cancelled_block_gives_the_place_back(
    flights: InFlight, store: redis.Redis
) -> None:
    """A call whose caller hung up is over, and its place is free."""

    async def call() -> None:
        async with flights.held("tenant", 1):
            await asyncio.Event().wait()

    task = asyncio.create_task(call())
    await until(lambda: store.zcard(KEY) == 1)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert store.dbsize() == 0


async def test_a_call_cancelled_while_it_asks_holds_nothing(
    flights: InFlight, store: redis.Redis
) -> None:
    """A place that was given to a caller who had left is given back."""
    await run_dry(flights)  # the script is known, so that one round trip decides
    store.flushdb()
    task = asyncio.create_task(flights.acquire("tenant", 1))
    await asyncio.sleep(0)  # the command is on its way
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert store.dbsize() == 0


async def test_a_long_call_keeps_its_place(store: redis.Redis, link: RedisLink) -> None:
    """While the block runs, its lease is renewed, and the key's life with it."""
    flights = InFlight(link, {}, lease_seconds=0.3)
    async with flights.held("tenant", 1) as flight:
        first = store.zscore(KEY, flight.lease) or 0
        await until(lambda: (store.zscore(KEY, flight.lease) or 0) > first + 300)
        assert not (await flights.acquire("tenant", 1)).allowed


async def test_a_lost_lease_is_taken_again(store: redis.Redis, link: RedisLink) -> None:
    """A Redis that forgot everything learns again what runs."""
    async with InFlight(link, {}, lease_seconds=0.15).held("tenant", 1):
        store.flushall()  # the script too
        await until(lambda: store.zcard(KEY) == 1)


async def test_a_shorter_lease_does_not_end_a_longer_one(
    store: redis.Redis, link: RedisLink
) -> None:
    """Two workers with different settings do not cut each other's leases."""
    await InFlight(link, {}, lease_seconds=30).acquire("tenant", 9)
    await InFlight(link, {}, lease_seconds=1).acquire("tenant", 9)
    assert store.pttl(KEY) > 20_000


async def test_without_redis_everybody_is_admitted() -> None:
    """A Redis that is away refuses nobody, and the place says what is missing."""
    link = RedisLink("redis://127.0.0.1:1", deadline_seconds=0.05)
    async with InFlight(link, {}).held("tenant", 1), InFlight(link, {}).held("tenant", 1) as flight:
        assert flight.allowed
        assert flight.degraded


def start(redis_url: str, *, callers: int, turns: int) -> subprocess.Popen[str]:
    """Start a process that holds places."""
    command = [sys.executable, "-m", "tests.project.flying", redis_url, str(callers), str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_fifty_callers_in_two_processes_never_exceed_the_limit(
    redis_url: str, store: redis.Redis
) -> None:
    """However many callers race, no more run at once than may; the limit is reached."""
    pair = [start(redis_url, callers=25, turns=4) for _ in range(2)]
    refused = [int(process.communicate(timeout=60)[0]) for process in pair]
    seen: Any = store.lrange("seen", 0, -1)
    assert len(seen) == 200
    assert max(map(int, seen)) == flying.LIMIT
    assert all(refused)


def left_ms(store: redis.Redis) -> float:
    """Return how long the only lease still lasts."""
    seconds, micros = store.time()
    found: Any = store.zrange(KEY, 0, 0, withscores=True)
    return float(found[0][1]) - (seconds * 1000 + micros / 1000)


async def test_a_killed_worker_leaks_no_place(
    redis_url: str, store: redis.Redis, flights: InFlight
) -> None:
    """The lease of a worker that was killed ends within its length, whoever else still runs."""
    worker = start(redis_url, callers=1, turns=0)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "held\n"
    worker.kill()
    worker.communicate()
    assert 0 < left_ms(store) <= flying.LEASE_SECONDS * 1000
    async with flights.held("tenant", 2):
        assert not (await flights.acquire("tenant", 2)).allowed
        end = time.monotonic() + 5
        while not (await flights.acquire("tenant", 2)).allowed:
            assert time.monotonic() < end
