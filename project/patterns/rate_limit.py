"""Limit how often a subject may call, exactly, over any number of sliding windows at once.

Ten a minute and a hundred an hour, with a limit of 2 a minute for brevity: calls at 00:00:10 and
00:00:50 are admitted. At 00:01:05 the log of the last minute holds 00:00:10 and 00:00:50: refused,
and nothing is written. At 00:01:11 the first has left the window: admitted.

One script reads the log, asks every window and writes the log back in one step, so that no other
worker can come between. The log is one Redis string, 8 bytes a call: 5 of milliseconds (Redis' own
clock, since 2020), 3 of tokens. A window counts either the calls or their tokens.

    decision = await RateLimiter(redis).admit("tenant-a", (Window(10, 60), Window(100, 3600)))
"""

from __future__ import annotations

import functools
import hashlib
import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from redis.exceptions import NoScriptError

Unit = Literal["requests", "tokens"]
Windows: TypeAlias = "tuple[Window, ...]"

MAX_TOKENS = 2**24 - 1
EPOCH_MS = 1_577_836_800_000  # 2020-01-01T00:00Z: five bytes of milliseconds last until 2054

_LOG = """
local function entry(log, i)
  local a, b, c, d, e, x, y, z = string.byte(log, i * 8 + 1, i * 8 + 8)
  return (((a * 256 + b) * 256 + c) * 256 + d) * 256 + e, (x * 256 + y) * 256 + z
end
local function bytes(value, size)
  local text = ''
  for _ = 1, size do
    text, value = string.char(value % 256) .. text, math.floor(value / 256)
  end
  return text
end
local function first_since(log, ms)
  local low, high = 0, #log / 8
  if high == 0 or entry(log, 0) >= ms then return 0 end -- mostly: all of it still counts
  while low < high do
    local middle = math.floor((low + high) / 2)
    if entry(log, middle) < ms then low = middle + 1 else high = middle end
  end
  return low
end
"""

# A call counts while it is at most `span` old: of two instants that share a millisecond with the
# window's edge the script cannot tell which is older, and it rounds towards refusing.
_ASK = """
-- What one window holds, when a request that costs `cost` fits, and when its oldest entry leaves.
local function ask(log, now, span, limit, weighted, cost)
  local count, first, used = #log / 8, first_since(log, now - span), 0
  if weighted then
    for i = first, count - 1 do used = used + select(2, entry(log, i)) end
  else
    used = count - first
  end
  local i, excess, free_at = first, used + cost - limit, now
  while excess > 0 and i < count do
    local ms, weight = entry(log, i)
    i, excess, free_at = i + 1, excess - (weighted and weight or 1), ms + span + 1
  end
  if excess > 0 then free_at = math.huge end
  return used, free_at, first < count and entry(log, first) + span + 1 or now
end
"""

_ADMIT = """
-- KEYS[1] the subject's log
-- ARGV    now in ms since 2020 ('' = Redis' clock), tokens, 1 = take or 0 = peek,
--         then for each window: limit, span in ms, 'requests' or 'tokens'
local log = redis.call('GET', KEYS[1]) or ''
local now, tokens = tonumber(ARGV[1]), tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000) - 1577836800000
end
if #log > 0 then now = math.max(now, (entry(log, #log / 8 - 1))) end
local wait, refused, longest, place, states = 0, 0, 0, 0, {}
for w = 4, #ARGV, 3 do
  local limit, span, weighted = tonumber(ARGV[w]), tonumber(ARGV[w + 1]), ARGV[w + 2] == 'tokens'
  local used, free_at, reset_at = ask(log, now, span, limit, weighted, weighted and tokens or 1)
  if free_at - now > wait then wait, refused = free_at - now, (w - 1) / 3 end
  longest = math.max(longest, span)
  states[#states + 1] = used
  states[#states + 1] = reset_at - now
end
if refused == 0 and ARGV[3] == '1' then
  place = #log / 8 - first_since(log, now)
  log = string.sub(log, first_since(log, now - longest) * 8 + 1)
  redis.call('SET', KEYS[1], log .. bytes(now, 5) .. bytes(tokens, 3), 'PX', longest + 1)
end
return {refused, wait == math.huge and -1 or wait, now, place, unpack(states)}
"""

_SETTLE = """
-- KEYS[1] the subject's log
-- ARGV    the entry's milliseconds, its place among the entries of that millisecond, its tokens
local log, ms = redis.call('GET', KEYS[1]) or '', tonumber(ARGV[1])
local i = first_since(log, ms) + tonumber(ARGV[2])
if i >= #log / 8 or entry(log, i) ~= ms then return 0 end
redis.call('SETRANGE', KEYS[1], i * 8 + 5, bytes(tonumber(ARGV[3]), 3))
return 1
"""

ADMIT = _LOG + _ASK + _ADMIT
SETTLE = _LOG + _SETTLE


class Commands(Protocol):
    """What the limiter needs of a Redis client: `redis.asyncio.Redis` has it."""

    async def execute_command(self, *args: Any) -> Any:
        """Send one command and return its reply."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests (or tokens) in any `seconds`."""

    limit: int
    seconds: float
    unit: Unit = "requests"

    @property
    def name(self) -> str:
        """How the headers call this window: `requests-60`."""
        return f"{self.unit}-{self.seconds:g}"


@dataclass(frozen=True, slots=True)
class WindowState:
    """What one window has left, and how many seconds until its oldest entry leaves."""

    window: Window
    remaining: int
    reset_seconds: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request for admission.

    `retry_after_seconds` is 0 when allowed and `math.inf` when the request is larger than a limit.
    `reservation` names the log entry for `settle`; it is empty when nothing was written.
    """

    allowed: bool
    states: tuple[WindowState, ...]
    retry_after_seconds: float = 0.0
    refused_by: Window | None = None
    reservation: str = ""

    def headers(self) -> dict[str, str]:
        """Render the IETF `RateLimit` fields, one member a window, and `Retry-After`."""
        policy = (f'"{s.window.name}";{_policy(s.window)}' for s in self.states)
        left = (
            f'"{s.window.name}";r={s.remaining};t={math.ceil(s.reset_seconds)}' for s in self.states
        )
        fields = {"RateLimit-Policy": ", ".join(policy), "RateLimit": ", ".join(left)}
        if not self.allowed and math.isfinite(self.retry_after_seconds):
            fields["Retry-After"] = str(math.ceil(self.retry_after_seconds))
        return fields


def _policy(window: Window) -> str:
    """Return a window's quota, span and unit as structured-field parameters."""
    unit = "" if window.unit == "requests" else f';qu="{window.unit}"'
    return f"q={window.limit};w={math.ceil(window.seconds)}{unit}"


@functools.cache
def _sha(script: str) -> str:
    """Return the name under which Redis remembers a script."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class RateLimiter:
    """An exact sliding-window log in Redis: one key a subject, one round trip a decision."""

    def __init__(self, redis: Commands, *, prefix: str = "ai:rate:") -> None:
        self._redis, self._prefix = redis, prefix

    async def admit(
        self, subject: str, windows: Windows, *, tokens: int = 0, now_ms: int | None = None
    ) -> Decision:
        """Take one request of `tokens` from every window, or from none.

        `now_ms` (Unix milliseconds) replaces Redis' clock in tests. Raises `ValueError` for tokens
        that three bytes cannot hold, and Redis' own errors when it cannot be asked.
        """
        asked = _arguments(windows, tokens=tokens, take=True, now_ms=now_ms)
        reply = await _run(self._redis, ADMIT, self._prefix + subject, *asked)
        return _decision(windows, reply, taken=tokens)

    async def peek(self, subject: str, windows: Windows, *, now_ms: int | None = None) -> Decision:
        """Say what `admit` would decide now, and write nothing."""
        asked = _arguments(windows, tokens=0, take=False, now_ms=now_ms)
        reply = await _run(self._redis, ADMIT, self._prefix + subject, *asked)
        return _decision(windows, reply, taken=None)

    async def settle(self, subject: str, reservation: str, tokens: int) -> bool:
        """Correct what a reservation took (0 refunds it); False when it has left the log."""
        ms, place = reservation.split(".")
        asked = (ms, place, max(0, min(tokens, MAX_TOKENS)))
        return bool(await _run(self._redis, SETTLE, self._prefix + subject, *asked))

    async def reset(self, subject: str) -> None:
        """Forget a subject's log."""
        await self._redis.execute_command("DEL", self._prefix + subject)


async def _run(redis: Commands, script: str, key: str, *args: str | int) -> Any:
    """Run a script by its hash; send its text only to a Redis that does not know it."""
    try:
        return await redis.execute_command("EVALSHA", _sha(script), 1, key, *args)
    except NoScriptError:
        return await redis.execute_command("EVAL", script, 1, key, *args)


def _arguments(windows: Windows, *, tokens: int, take: bool, now_ms: int | None) -> list[str | int]:
    """Return what the script is asked."""
    if not 0 <= tokens <= MAX_TOKENS:
        raise ValueError(f"tokens must be between 0 and {MAX_TOKENS}, not {tokens}")
    now = "" if now_ms is None else now_ms - EPOCH_MS
    spans = [v for w in windows for v in (w.limit, math.ceil(w.seconds * 1000), w.unit)]
    return [now, tokens, int(take), *spans]


def _decision(windows: Windows, reply: list[int], *, taken: int | None) -> Decision:
    """Turn the script's numbers into a decision; `taken` is None after a peek."""
    refused, wait, now, place, *states = reply
    took, left = not refused and taken is not None, []
    for window, used, reset in zip(windows, states[::2], states[1::2], strict=True):
        cost = 0 if not took else taken or 0 if window.unit == "tokens" else 1
        free, opened = max(0, window.limit - used - cost), window.seconds if took else 0.0
        left.append(WindowState(window, free, reset / 1000 or opened))
    return Decision(
        allowed=refused == 0,
        states=tuple(left),
        retry_after_seconds=math.inf if wait < 0 else wait / 1000,
        refused_by=windows[refused - 1] if refused else None,
        reservation=f"{now}.{place}" if took else "",
    )
