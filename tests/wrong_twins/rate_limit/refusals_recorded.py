"""Wrong: a refused call is logged too, so that whoever keeps asking is never admitted again."""

from __future__ import annotations

from dataclasses import replace

from project.patterns import rate_limit


class RateLimiter(rate_limit.RateLimiter):
    """Counts attempts, not admissions."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Log the call whatever becomes of it."""
        decision = await super().admit(subject, windows, tokens=tokens, now_ms=now_ms)
        if not decision.allowed:
            boundless = tuple(replace(window, limit=10**9) for window in windows)
            await super().admit(subject, boundless, tokens=tokens, now_ms=now_ms)
        return decision
