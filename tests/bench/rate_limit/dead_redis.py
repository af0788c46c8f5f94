"""What a dead Redis costs a request: it hangs, each tier's policy answers, and it comes back."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from project.errors import RateLimited
from project.limits import Limits
from project.patterns.rate_limit import RateLimiter, Window
from project.redis_link import RedisLink
from project.tenants import Tenant

if TYPE_CHECKING:
    from project.settings import RedisDown
    from world.redis import RedisServer

DEADLINE_SECONDS = 0.05  # the default of REDIS_DEADLINE_SECONDS
CALLERS = 32
AWAY_SECONDS = 0.6
GIVE_UP_SECONDS = 5.0
PAUSE_SECONDS = 0.002
POLICIES: dict[str, RedisDown] = {"open": "open", "closed": "closed", "local": "local"}
WINDOWS = (Window(1_000_000, 60),)


@dataclass
class Outage:
    """Every decision while Redis hung, and how soon it was asked again."""

    seconds: list[float] = field(default_factory=list)
    against_policy: int = 0
    back_seconds: float = 0.0

    @property
    def longest_ms(self) -> float:
        """The slowest decision."""
        return max(self.seconds) * 1000


async def measure(server: RedisServer) -> Outage:
    """Stop the server's process under load, let it go on, and watch."""
    logging.getLogger("project.limits").setLevel(logging.ERROR)
    link = RedisLink(server.url, deadline_seconds=DEADLINE_SECONDS)
    await link.start()
    limits = Limits(RateLimiter(link), dict.fromkeys(POLICIES, WINDOWS), POLICIES)
    await asyncio.gather(*(_decide(limits, "open") for _ in range(CALLERS)))
    pid, outage = server.pid or 0, Outage()
    os.kill(pid, signal.SIGSTOP)
    try:
        end = time.monotonic() + AWAY_SECONDS
        await asyncio.gather(*(_caller(limits, n, end, outage) for n in range(CALLERS)))
    finally:
        os.kill(pid, signal.SIGCONT)
    began = time.monotonic()
    while outage.back_seconds < GIVE_UP_SECONDS and await _decide(limits, "open"):
        await asyncio.sleep(PAUSE_SECONDS)
        outage.back_seconds = time.monotonic() - began
    await link.aclose()
    return outage


async def _caller(limits: Limits, number: int, end: float, outage: Outage) -> None:
    """Ask again and again as a tenant of one tier."""
    tier = list(POLICIES)[number % len(POLICIES)]
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            degraded = await _decide(limits, tier)
            fits = degraded and tier != "closed"
        except RateLimited as refused:
            fits = refused.degraded and tier == "closed"
        outage.seconds.append(time.monotonic() - began)
        outage.against_policy += not fits
        await asyncio.sleep(PAUSE_SECONDS)


async def _decide(limits: Limits, tier: str) -> bool:
    """Say whether a decision was made without Redis."""
    return (await limits.admit(Tenant(f"tenant-{tier}", tier), 0)).degraded
