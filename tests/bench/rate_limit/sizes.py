"""What a subject costs in Redis: the bytes of a hundred hits, and of one large reservation."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Any

import redis

from tests.bench.rate_limit.contest import OURS, Rates, entered

HITS = 100
TOKENS = 90_000
RESERVATIONS = 300
MANY = Rates(((1000, 60), (10_000, 3600)))
TOKENS_A_MINUTE = Rates(((100_000, 60),), weighted=True)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes by `MEMORY USAGE`, all keys together, and the time of the reservation."""

    hits_bytes: int
    reservation_bytes: int
    reservation_ms: float


async def measure(name: str, url: str) -> Sizes:
    """Measure one limiter, on an empty Redis."""
    with redis.Redis.from_url(url) as client:
        client.flushall()
        async with entered(name, url, MANY, callers=1) as decide:
            for _ in range(HITS):
                await decide("subject", 1)
        hits = _bytes(client)
        seconds = []
        async with entered(name, url, TOKENS_A_MINUTE, callers=1) as decide:
            await decide("warm", 1)
            for n in range(RESERVATIONS if name == OURS else 1):  # others' take 0.1 s each
                began = time.perf_counter()
                await decide(f"subject-{n}", TOKENS)
                seconds.append(time.perf_counter() - began)
                if n == 0:
                    one = _bytes(client, "*subject-0*")
    return Sizes(hits, one, statistics.median(seconds) * 1000)


def _bytes(client: redis.Redis, pattern: str = "*") -> int:
    found: Any = client.keys(pattern)
    used: list[Any] = [client.memory_usage(key) for key in found]
    return sum(used)
