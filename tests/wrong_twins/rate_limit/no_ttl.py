"""Wrong: a log stays for ever, also that of somebody who never comes back."""

from __future__ import annotations

from project.patterns import rate_limit


class RateLimiter(rate_limit.RateLimiter):
    """Forgets to let the key end."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Decide rightly, and leave the key behind."""
        decision = await super().admit(subject, windows, tokens=tokens, now_ms=now_ms)
        await self._redis.execute_command("PERSIST", self._prefix + subject)
        return decision
