"""Wrong: `>` where `>=` belongs; every window admits one call too many."""

from __future__ import annotations

from dataclasses import replace

from project.patterns import rate_limit


class RateLimiter(rate_limit.RateLimiter):
    """Refuses the twelfth of ten."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Compare the count before this call with the limit."""
        wider = tuple(replace(window, limit=window.limit + 1) for window in windows)
        return await super().admit(subject, wider, tokens=tokens, now_ms=now_ms)
