"""Wrong: asks one window after the other, and does not give back what the first one took."""

from __future__ import annotations

from project.patterns import rate_limit


class RateLimiter(rate_limit.RateLimiter):
    """Has one log for each window."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Take from each window in turn, until one refuses."""
        for window in windows:
            decision = await super().admit(
                f"{subject}:{window.name}", (window,), tokens=tokens, now_ms=now_ms
            )
            if not decision.allowed:
                break
        return decision

    async def settle(self, subject: str, reservation: str, tokens: int) -> bool:
        """Correct the entry, in the one log whose window counts tokens."""
        return await super().settle(f"{subject}:tokens-60", reservation, tokens)
