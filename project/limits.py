"""The tiers' limits, and what holds while Redis is away: `open`, `closed` or `local`.

`open` admits everybody, `closed` nobody, `local` counts within this process alone. Which one is
right is a tier's own business: a paying customer would rather be served, an anonymous one can wait.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from project.errors import RateLimited
from project.patterns.rate_limit import MAX_TOKENS, Decision, RateLimiter, Window, WindowState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from project.settings import RedisDown
    from project.tenants import Tenant

log = logging.getLogger("project.limits")

CLOSED_RETRY_SECONDS = 2.0
EDGE_SECONDS = 0.001  # a call at the very edge of a window still counts, here as in Redis


@dataclass(frozen=True, slots=True)
class Admission:
    """A decision, and whether it is only this process's own."""

    decision: Decision
    degraded: bool = False


class LocalLog:
    """An exact sliding log in this process, for the seconds in which Redis is away."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[str, deque[tuple[float, int]]] = {}

    def admit(self, subject: str, windows: tuple[Window, ...], tokens: int) -> Decision:
        """Decide as the shared limiter would, were this process alone."""
        now = self._clock()
        entries = self._entries.setdefault(subject, deque())
        longest = max((w.seconds for w in windows), default=0.0)
        while entries and entries[0][0] < now - longest:
            entries.popleft()
        waits = [_wait(w, _live(w, entries, now), tokens, now) for w in windows]
        wait = max(waits, default=0.0)
        if wait == 0:
            entries.append((now, tokens))
        return Decision(
            allowed=wait == 0,
            states=tuple(_state(w, _live(w, entries, now), now) for w in windows),
            retry_after_seconds=wait,
            refused_by=windows[waits.index(wait)] if wait else None,
        )

    def clear(self) -> None:
        """Forget everything: the shared log counts again."""
        self._entries.clear()


def _live(window: Window, entries: deque[tuple[float, int]], now: float) -> list[tuple[float, int]]:
    """Return a window's entries as (time, weight in the window's unit)."""
    weighted = window.unit == "tokens"
    return [(at, n if weighted else 1) for at, n in entries if at >= now - window.seconds]


def _wait(window: Window, live: list[tuple[float, int]], tokens: int, now: float) -> float:
    """Return the seconds until one more call fits; infinite when it never does."""
    cost = tokens if window.unit == "tokens" else 1
    excess = sum(weight for _, weight in live) + cost - window.limit
    wait = 0.0
    for at, weight in live:
        if excess <= 0:
            break
        excess -= weight
        wait = at + window.seconds - now + EDGE_SECONDS
    return wait if excess <= 0 else math.inf


def _state(window: Window, live: list[tuple[float, int]], now: float) -> WindowState:
    left = max(0, window.limit - sum(weight for _, weight in live))
    return WindowState(window, left, live[0][0] + window.seconds - now if live else 0.0)


class Limits:
    """Admits tenants by their tier, with Redis or without."""

    def __init__(
        self,
        limiter: RateLimiter,
        windows: Mapping[str, tuple[Window, ...]],
        redis_down: Mapping[str, RedisDown],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limiter = limiter
        self._windows = windows
        self._redis_down = redis_down
        self._local = LocalLog(clock)
        self._away = False

    async def admit(self, tenant: Tenant, tokens: int) -> Admission:
        """Take one request of `tokens`, or raise `RateLimited`."""
        windows = self._windows[tenant.tier]
        tokens = min(tokens, MAX_TOKENS)  # as much as an entry of the log can hold
        try:
            decision = await self._limiter.admit(tenant.name, windows, tokens=tokens)
        except RedisError as error:
            self._note(away=True, why=type(error).__name__)
            admission = Admission(self._alone(tenant, windows, tokens), degraded=True)
        else:
            self._note(away=False)
            admission = Admission(decision)
        if not admission.decision.allowed:
            raise RateLimited(admission.decision, degraded=admission.degraded)
        return admission

    async def settle(self, tenant: Tenant, decision: Decision, tokens: int) -> None:
        """Replace the reserved tokens by the real ones, where a window counts tokens."""
        counted = any(w.unit == "tokens" for w in self._windows[tenant.tier])
        if counted and decision.reservation:
            await self._limiter.settle(tenant.name, decision.reservation, tokens)

    def _alone(self, tenant: Tenant, windows: tuple[Window, ...], tokens: int) -> Decision:
        """Decide without Redis, by the tier's policy."""
        policy = self._redis_down[tenant.tier]
        if policy == "local":
            return self._local.admit(tenant.name, windows, tokens)
        return Decision(
            allowed=policy == "open",
            states=tuple(WindowState(w, w.limit, 0.0) for w in windows),
            retry_after_seconds=0.0 if policy == "open" else CLOSED_RETRY_SECONDS,
        )

    def _note(self, *, away: bool, why: str = "") -> None:
        """Log one line a change of state, however many requests notice it."""
        if away == self._away:
            return
        self._away = away
        if away:
            log.warning("rate limits: Redis is away (%s), each tier's REDIS_DOWN holds", why)
        else:
            self._local.clear()
            log.warning("rate limits: Redis is back")
