"""Wrong: a counter for each window on the clock, which admits twice the limit where two meet."""

from __future__ import annotations

import math

from project.patterns import rate_limit

COUNT = """
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
for w = 2, #ARGV, 3 do
  local span, limit, cost = tonumber(ARGV[w]), tonumber(ARGV[w + 1]), tonumber(ARGV[w + 2])
  local key = KEYS[1] .. span .. ':' .. math.floor(now / span)
  if cost + (redis.call('GET', key) or 0) > limit then
    return {(w + 1) / 3, (math.floor(now / span) + 1) * span - now}
  end
end
for w = 2, #ARGV, 3 do
  local span = tonumber(ARGV[w])
  local key = KEYS[1] .. span .. ':' .. math.floor(now / span)
  redis.call('INCRBY', key, ARGV[w + 2])
  redis.call('PEXPIRE', key, span)
end
return {0, 0}
"""


class RateLimiter(rate_limit.RateLimiter):
    """Counts per minute, or whatever the window is."""

    async def admit(
        self,
        subject: str,
        windows: rate_limit.Windows,
        *,
        tokens: int = 0,
        now_ms: int | None = None,
    ) -> rate_limit.Decision:
        """Count a call in the window that the clock is in."""
        asked = [
            value
            for window in windows
            for value in (
                math.ceil(window.seconds * 1000),
                window.limit,
                tokens if window.unit == "tokens" else 1,
            )
        ]
        now = "" if now_ms is None else now_ms
        refused, wait = await self._redis.execute_command("EVAL", COUNT, 1, subject, now, *asked)
        return rate_limit.Decision(
            allowed=refused == 0,
            states=tuple(rate_limit.WindowState(window, 0, 0.0) for window in windows),
            retry_after_seconds=wait / 1000,
            refused_by=windows[refused - 1] if refused else None,
            reservation="0.0",
        )
