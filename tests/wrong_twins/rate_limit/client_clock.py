"""Wrong: every server brings its own time, and the fast one forgets for all."""

from __future__ import annotations

import time

from project.patterns import rate_limit


class RateLimiter(rate_limit.RateLimiter):
    """Trusts the clock of the process it runs in."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Decide by this process's clock."""
        now = round(time.time() * 1000) if now_ms is None else now_ms
        return await super().admit(subject, windows, tokens=tokens, now_ms=now)
