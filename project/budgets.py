"""Spend no more than a budget: hold the worst case first, settle what it really was.

A budget of 1 USD a day has 0.02 USD left. Two calls that may cost 0.015 USD each come at once: one
script holds the first and refuses the second. The first turns out to cost 0.004 USD: the rest is
free again. One script asks every budget of a tenant and takes from all of them or from none.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from redis.exceptions import NoScriptError

from project.errors import BudgetExceeded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from project.money import Nano
    from project.redis_link import RedisLink
    from project.settings import Budget

HOLD = """
-- KEYS the budgets' sums
-- ARGV the amount, then for each budget: limit, ttl in seconds
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') + tonumber(ARGV[1]) > tonumber(ARGV[i * 2]) then
    return i
  end
end
for i, key in ipairs(KEYS) do
  redis.call('INCRBY', key, ARGV[1])
  redis.call('EXPIRE', key, ARGV[i * 2 + 1])
end
return 0
"""
SETTLE = """
-- KEYS the budgets' sums
-- ARGV what to add
-- A sum that Redis lost is not brought back: it would be negative, and stay for ever.
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then redis.call('INCRBY', key, ARGV[1]) end
end
return 1
"""
_TTL = {"day": 2 * 86_400, "month": 40 * 86_400}


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount that is taken until it is settled."""

    keys: tuple[str, ...]
    amount: Nano


def now_utc() -> datetime:
    """Return the time by which days and months begin."""
    return datetime.now(UTC)


@functools.cache
def _sha(script: str) -> str:
    """Return the name under which Redis remembers a script."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class Budgets:
    """The sums of this day and this month, by tenant and for all."""

    def __init__(
        self,
        redis: RedisLink,
        budgets: Sequence[Budget],
        *,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._redis = redis
        self._budgets = budgets
        self._clock = clock

    async def hold(self, tenant: str, amount: Nano) -> Hold:
        """Take `amount` from each of the tenant's budgets, or raise `BudgetExceeded`."""
        budgets = self._of(tenant)
        if not budgets:
            return Hold((), 0)
        keys = tuple(self._key(tenant, budget) for budget in budgets)
        limits = [part for b in budgets for part in (b.limit, _TTL[b.period])]
        if refused := await self._run(HOLD, keys, amount, *limits):
            budget = budgets[refused - 1]
            owner = "this service's" if budget.tenant == "global" else "your"
            raise BudgetExceeded(f"{owner} budget of the {budget.period} does not cover this call")
        return Hold(keys, amount)

    async def settle(self, hold: Hold, spent: Nano) -> None:
        """Replace a hold by what was really spent (0 gives it back)."""
        if hold.keys:
            await self._run(SETTLE, hold.keys, spent - hold.amount)

    def _of(self, tenant: str) -> tuple[Budget, ...]:
        """Return a tenant's own budgets (or those of `*`), and the global ones."""
        own = [b for b in self._budgets if b.tenant == tenant]
        shared = [b for b in self._budgets if b.tenant == "global"]
        return (*(own or [b for b in self._budgets if b.tenant == "*"]), *shared)

    def _key(self, tenant: str, budget: Budget) -> str:
        """Name a sum; the hash tag keeps a script's keys on one node of a cluster."""
        owner = "global" if budget.tenant == "global" else f"tenant:{tenant}"
        now = self._clock()
        date = now.strftime("%Y-%m-%d" if budget.period == "day" else "%Y-%m")
        return f"ai:budget:{{spent}}:{owner}:{date}"

    async def _run(self, script: str, keys: tuple[str, ...], *args: int) -> Any:
        """Run a script by its hash; send its text only to a Redis that does not know it."""
        try:
            return await self._redis.execute_command(
                "EVALSHA", _sha(script), len(keys), *keys, *args
            )
        except NoScriptError:
            return await self._redis.execute_command("EVAL", script, len(keys), *keys, *args)
