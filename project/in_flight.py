"""How many of a subject's requests may run at once, without a place that a dead worker can leak.

Two may run at once. Two calls take a lease of 10 s each, and renew it every 3.3 s while they run.
A third is refused. One worker is killed: nobody renews its lease, and 10 s later the place is free
again. A call that ends, fails or is cancelled gives its place back at once.

    async with in_flight.held("tenant-a", 2) as flight:
        ...

The leases of a subject are one sorted set, each with the millisecond (Redis' clock) at which it
ends. The worker names its lease before it asks, so that it can give back what it never heard of.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from redis.exceptions import NoScriptError, RedisError

from project.errors import TooManyInFlight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from project.patterns.rate_limit import Commands

LEASE_SECONDS = 10.0
RENEWALS_A_LEASE = 3  # a renewal may be lost, and the next one still comes in time
RETRY_SECONDS = 1.0  # nobody knows when a call will end

LEASE = """
-- KEYS[1] the subject's leases, by the millisecond at which each ends
-- ARGV    the lease, its length in ms, the limit ('' = renew: the call runs already)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local running = redis.call('ZCARD', KEYS[1])
if limit and running >= limit then return {0, running} end
redis.call('ZADD', KEYS[1], now + length, ARGV[1])
if redis.call('PTTL', KEYS[1]) < length then redis.call('PEXPIRE', KEYS[1], length) end
return {1, redis.call('ZCARD', KEYS[1])}
"""
_SHA = hashlib.sha1(LEASE.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Flight:
    """The answer to one request for a place; `running` counts this one too, when allowed.

    `limit` is None where there is none. `degraded` says that Redis could not be asked.
    """

    subject: str
    limit: int | None
    lease: str = ""
    allowed: bool = True
    running: int = 0
    degraded: bool = False

    @property
    def retry_after_seconds(self) -> float:
        """Return when it is worth trying again; 0 when allowed."""
        return 0.0 if self.allowed else RETRY_SECONDS

    def headers(self) -> dict[str, str]:
        """Render the IETF `RateLimit` fields (the unit is in its registry), and `Retry-After`."""
        left = max(0, (self.limit or 0) - self.running)
        fields = {
            "RateLimit-Policy": f'"in-flight";q={self.limit};qu="concurrent-requests"',
            "RateLimit": f'"in-flight";r={left}',
        }
        if not self.allowed:
            fields["Retry-After"] = str(math.ceil(self.retry_after_seconds))
        return fields


class InFlight:
    """Places for running calls, shared by all workers; `limits` says how many each tier has."""

    def __init__(
        self,
        redis: Commands,
        limits: Mapping[str, int],
        *,
        lease_seconds: float = LEASE_SECONDS,
        prefix: str = "ai:in_flight:",
    ) -> None:
        self.limits = limits
        self._redis, self._prefix = redis, prefix
        self._lease_seconds = lease_seconds

    @contextlib.asynccontextmanager
    async def held(self, subject: str, limit: int | None) -> AsyncIterator[Flight]:
        """Hold a place while the block runs, or raise `TooManyInFlight`; None is no limit."""
        if limit is None:
            yield Flight(subject, None)
            return
        flight = await self.acquire(subject, limit)
        if not flight.allowed:
            raise TooManyInFlight(flight)
        keeper = asyncio.get_running_loop().create_task(self._keep(flight))
        try:
            yield flight
        finally:
            keeper.cancel()
            await self.release(flight)

    async def acquire(self, subject: str, limit: int) -> Flight:
        """Take a place if one is free; without Redis everybody has one."""
        flight = Flight(subject, limit, lease=secrets.token_hex(8))
        try:
            allowed, running = await self._run(flight, limit)
        except RedisError:
            return replace(flight, degraded=True)
        except asyncio.CancelledError:
            await self.release(flight)  # Redis may have given what nobody waits for any more
            raise
        return replace(flight, allowed=bool(allowed), running=running)

    async def renew(self, flight: Flight) -> None:
        """Extend a lease, and take it again where it was lost: the call runs, so it counts."""
        await self._run(flight, "")

    async def release(self, flight: Flight) -> None:
        """Give a place back; without Redis the lease ends by itself."""
        with contextlib.suppress(RedisError):
            await self._redis.execute_command("ZREM", self._prefix + flight.subject, flight.lease)

    async def _keep(self, flight: Flight) -> None:
        """Renew until cancelled; also a lease that Redis was away for, once it is back."""
        while True:
            await asyncio.sleep(self._lease_seconds / RENEWALS_A_LEASE)
            with contextlib.suppress(RedisError):
                await self.renew(flight)

    async def _run(self, flight: Flight, limit: int | str) -> Any:
        key, length = self._prefix + flight.subject, math.ceil(self._lease_seconds * 1000)
        asked = (1, key, flight.lease, length, limit)
        try:
            return await self._redis.execute_command("EVALSHA", _SHA, *asked)
        except NoScriptError:
            return await self._redis.execute_command("EVAL", LEASE, *asked)
