"""Know what happened: one record a request, one sum for all workers, one event a failure.

Each finished request adds to a hash in Redis that all workers share: counters by outcome, tokens
and cost by model and tenant, and a latency bucket. Buckets grow by 5 %, so that a percentile read
from them is at most 5 % off, and the buckets of two workers simply add up. A hash holds a minute.

A request that finally failed is told to Sentry once, with who and what, never with the prompt.

    monitor = Monitor(redis)
    await monitor.record(Seen(outcome="miss", ...))
    totals = await monitor.totals(minutes=60)
"""

from __future__ import annotations

import functools
import hashlib
import math
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import sentry_sdk
from redis.exceptions import NoScriptError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Outcome = Literal["exact", "semantic", "miss", "rate_limited", "budget", "error", "refused"]

GROWTH = 1.05
FIRST_BUCKET_MS = 0.1

RECORD = """
-- KEYS[1] the minute's hash
-- ARGV    ttl in seconds, then field, increment, ...
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""

READ = """
-- KEYS    the minutes' hashes
local flat = {}
for _, key in ipairs(KEYS) do
  for _, value in ipairs(redis.call('HGETALL', key)) do flat[#flat + 1] = value end
end
return flat
"""


class Commands(Protocol):
    """What the monitor needs of a Redis client: `redis.asyncio.Redis` has it."""

    async def execute_command(self, *args: Any) -> Any:
        """Send one command and return its reply."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one finished request was like; seconds, tokens, nano-dollars."""

    outcome: Outcome
    seconds: float
    tenant: str = ""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_nano: int = 0
    saved_nano: int = 0
    attempts: int = 0


def bucket(seconds: float) -> int:
    """Return the number of the latency bucket: bucket n ends at 0.1 ms * 1.05^n."""
    return max(0, math.ceil(math.log(max(seconds * 1000, 1e-9) / FIRST_BUCKET_MS, GROWTH)))


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """Return the latency in ms below which `share` of the requests stayed; None without any."""
    rank = math.ceil(share * sum(buckets.values()))
    for number in sorted(buckets):
        rank -= buckets[number]
        if rank <= 0:
            return float(FIRST_BUCKET_MS * GROWTH ** (number - 0.5))
    return None


def increments(seen: Seen) -> dict[str, int]:
    """Return the counters that one request adds to."""
    side = "hit" if seen.outcome in {"exact", "semantic"} else "miss"
    counters = {
        f"requests:{seen.outcome}": 1,
        f"latency:{side}:{bucket(seen.seconds)}": 1,
        f"tokens_in:{seen.model}": seen.tokens_in,
        f"tokens_out:{seen.model}": seen.tokens_out,
        f"cost:model:{seen.model}": seen.cost_nano,
        f"cost:tenant:{seen.tenant}": seen.cost_nano,
        f"saved:{seen.tenant}": seen.saved_nano,
        "retries": max(0, seen.attempts - 1),
    }
    return {name: value for name, value in counters.items() if value}


@functools.cache
def _sha(script: str) -> str:
    """Return the name under which Redis remembers a script."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class Monitor:
    """Counts requests in Redis, a hash a minute."""

    def __init__(
        self,
        redis: Commands,
        *,
        keep_seconds: int = 7200,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._keep_seconds = keep_seconds
        self._clock = clock

    async def record(self, seen: Seen) -> None:
        """Add one request to this minute."""
        flat = [part for pair in increments(seen).items() for part in pair]
        await self._run(RECORD, [_key(self._minute())], self._keep_seconds, *flat)

    async def totals(self, *, minutes: int) -> Counter[str]:
        """Return the sums of the last `minutes`, over all workers."""
        now = self._minute()
        keys = [_key(minute) for minute in range(now - minutes + 1, now + 1)]
        flat = await self._run(READ, keys)
        sums: Counter[str] = Counter()
        for name, value in zip(flat[::2], flat[1::2], strict=True):
            sums[name.decode()] += int(value)
        return sums

    def _minute(self) -> int:
        return int(self._clock() // 60)

    async def _run(self, script: str, keys: list[str], *args: str | int) -> Any:
        """Run a script by its hash; send its text only to a Redis that does not know it."""
        try:
            return await self._redis.execute_command(
                "EVALSHA", _sha(script), len(keys), *keys, *args
            )
        except NoScriptError:
            return await self._redis.execute_command("EVAL", script, len(keys), *keys, *args)


def _key(minute: int) -> str:
    return f"ai:monitor:{{all}}:{minute}"


def latencies(totals: Mapping[str, int], side: str) -> dict[int, int]:
    """Return the latency buckets of one side, `hit` or `miss`."""
    prefix = f"latency:{side}:"
    return {int(n.removeprefix(prefix)): v for n, v in totals.items() if n.startswith(prefix)}


def report_failure(error: BaseException, *, trace_id: str, tags: Mapping[str, str]) -> str | None:
    """Send one event for a request that finally failed; returns its id, None without Sentry.

    The event joins the caller's trace. Tags say who and what; no prompt and no key is in them.
    """
    with sentry_sdk.new_scope() as scope:
        scope.set_tags(tags)
        scope.generate_propagation_context({"sentry-trace": f"{trace_id}-{trace_id[:16]}"})
        return sentry_sdk.capture_exception(error, scope=scope)
