"""The environment that a submission is started with: random keys, limits scaled to seconds.

Callers come in kinds, one tier each, and every check takes callers of its own: what one check uses
up or caches is no other check's business.

    callers = Callers(Random(5))
    callers.take("strict")     ->  Caller(key="key-...", tenant="tenant-...", limit=10)
    callers.variables()        ->  {"API_KEYS": ..., "RATE_LIMITS": ..., "BUDGETS": ...}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from random import Random

Kind = Literal["strict", "odd", "quick", "wide", "rich", "poor"]

# How many callers of a kind a service knows.
KINDS: dict[Kind, int] = {"strict": 8, "odd": 4, "quick": 4, "wide": 40, "rich": 4, "poor": 4}
BUDGETS_USD: dict[str, str] = {"rich": "0.01", "poor": "0.002"}
# Windows of the tiers, requests/seconds; a kind without one calls as often as it likes.
WINDOWS = {"strict": "10/60,100/3600", "quick": "10/2,100/60"}
WIDE = "wide"
QUICK_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """What differs between the services of one run."""

    name: str
    workers: int = 2
    boot_seconds: float = 40.0
    variables: tuple[tuple[str, str], ...] = (
        ("BREAKER_OPEN_SECONDS", "1"),
        ("REQUEST_TIMEOUT_SECONDS", "10"),
        # A stalled machine must not look like a lost Redis.
        ("REDIS_DEADLINE_SECONDS", "1"),
    )


USUAL = Terms("usual")
# The service that loses its Redis: nothing else is judged by it.
BEREFT = Terms(
    "without Redis",
    variables=(
        ("BREAKER_OPEN_SECONDS", "1"),
        ("REQUEST_TIMEOUT_SECONDS", "10"),
    ),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key: `limit` is what its narrowest window admits."""

    key: str = field(repr=False)
    tenant: str
    tier: str
    limit: int
    budget_usd: str | None = None


class Callers:
    """The keys that a service was started with, handed out one by one."""

    def __init__(self, random: Random) -> None:
        self._windows = {
            **WINDOWS,
            "odd": f"{random.randrange(4, 10)}/60,100/3600",
            WIDE: "100000/60",
        }
        self._free = {
            kind: [self._caller(kind, random) for _ in range(count)]
            for kind, count in KINDS.items()
        }
        self._all = [caller for callers in self._free.values() for caller in callers]

    def take(self, kind: Kind) -> Caller:
        """Return a caller that no check has had before."""
        return self._free[kind].pop(0)

    def keys(self) -> list[str]:
        """Return every key."""
        return [caller.key for caller in self._all]

    def variables(self) -> dict[str, str]:
        """Return the variables that make these callers known."""
        return {
            "API_KEYS": ",".join(f"{c.key}={c.tenant}:{c.tier}" for c in self._all),
            "RATE_LIMITS": ";".join(f"{tier}={w}" for tier, w in self._windows.items()),
            "BUDGETS": ",".join(
                f"{c.tenant}={c.budget_usd}/day" for c in self._all if c.budget_usd
            ),
        }

    def _caller(self, kind: Kind, random: Random) -> Caller:
        tier = kind if kind in self._windows else WIDE
        return Caller(
            key=f"key-{random.randbytes(12).hex()}",
            tenant=f"tenant-{random.randbytes(4).hex()}",
            tier=tier,
            limit=int(self._windows[tier].partition("/")[0]),
            budget_usd=BUDGETS_USD.get(kind),
        )
