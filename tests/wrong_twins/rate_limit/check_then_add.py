"""Wrong: looks, and then writes what it has decided; others look in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from project.patterns import rate_limit

NETWORK_SECONDS = 0.02


class RateLimiter(rate_limit.RateLimiter):
    """Needs two round trips for one decision."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Look, then add without looking again."""
        looked = await self.peek(subject, windows, now_ms=now_ms)
        if not looked.allowed:
            return looked
        await asyncio.sleep(NETWORK_SECONDS)
        boundless = tuple(replace(window, limit=10**9) for window in windows)
        added = await super().admit(subject, boundless, tokens=tokens, now_ms=now_ms)
        return replace(looked, reservation=added.reservation)
