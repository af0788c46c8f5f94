"""Wrong: everybody comes through the same proxy, and its address is the subject of all."""

from __future__ import annotations

from project.patterns import rate_limit


class RateLimiter(rate_limit.RateLimiter):
    """Sees one address."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Limit the proxy."""
        del subject
        return await super().admit("10.0.0.1", windows, tokens=tokens, now_ms=now_ms)

    async def settle(self, subject: str, reservation: str, tokens: int) -> bool:
        """Correct the proxy's entry."""
        del subject
        return await super().settle("10.0.0.1", reservation, tokens)
