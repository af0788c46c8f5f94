"""This repository's limiter on its own connection, as `project/wiring.py` composes it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from project.patterns.rate_limit import RateLimiter, Unit, Window
from project.redis_link import RedisLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bench.rate_limit.contest import Decide, Rates

PATIENCE_SECONDS = 5.0  # a deadline would turn a busy machine into errors


@asynccontextmanager
async def entered(url: str, rates: Rates, _callers: int) -> AsyncIterator[Decide]:
    """One atomic call for all windows; callers of one tick share a write."""
    link = RedisLink(url, deadline_seconds=PATIENCE_SECONDS)
    await link.start()
    limiter = RateLimiter(link)
    unit: Unit = "tokens" if rates.weighted else "requests"
    windows = tuple(Window(limit, seconds, unit) for limit, seconds in rates.limits)

    async def decide(subject: str, cost: int) -> bool:
        return (await limiter.admit(subject, windows, tokens=cost)).allowed

    yield decide
    await link.aclose()
