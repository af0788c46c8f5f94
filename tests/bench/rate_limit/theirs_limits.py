"""`limits`, asynchronous, moving window: the strategy that never admits more than the limit.

Its documentation hits one limit after the other; here the tighter comes first and a refusal stops
there, which is the fewest calls. It runs on its redis-py bridge: with its default one, coredis, it
decided 4,800 a second where this one decided 9,000 (32 callers), and 4,600 for 6,900 (256).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import MovingWindowRateLimiter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bench.rate_limit.contest import Decide, Rates


@asynccontextmanager
async def entered(url: str, rates: Rates, callers: int) -> AsyncIterator[Decide]:
    """One call a window, each in a script of its own, with a connection a caller."""
    storage = RedisStorage(f"async+{url}", implementation="redispy", max_connections=callers)
    limiter = MovingWindowRateLimiter(storage)
    items = [RateLimitItemPerSecond(limit, seconds) for limit, seconds in rates.limits]

    async def decide(subject: str, cost: int) -> bool:
        for item in items:
            if not await limiter.hit(item, subject, cost=cost):
                return False
        return True

    yield decide
    if isinstance(storage.bridge, RedispyBridge):
        await storage.bridge.storage.aclose()
