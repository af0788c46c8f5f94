"""Many processes on one key, in real time: no window may ever be fuller than its limit."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from project.patterns.rate_limit import RateLimiter, Window
from project.redis_link import RedisLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUBJECT = "hot"
CALLERS = 8
PATIENCE_SECONDS = 5.0
WINDOWS = (Window(20, 0.1), Window(60, 0.5), Window(100, 1.0))


@dataclass(frozen=True, slots=True)
class Admissions:
    """When Redis admitted (its own milliseconds), of how many that asked."""

    at_ms: tuple[int, ...]
    asked: int
    twice: int  # reservations that name the same entry

    @classmethod
    def of(cls, reports: Iterable[dict[str, Any]]) -> Admissions:
        """Put the reports of all processes together."""
        reports = list(reports)
        names = [name for report in reports for name in report["reservations"]]
        at_ms = tuple(sorted(int(name.partition(".")[0]) for name in names))
        return cls(at_ms, sum(r["asked"] for r in reports), len(names) - len(set(names)))

    def beyond(self) -> int:
        """Return how many admissions found a window full already."""
        return sum(excess(self.at_ms, w.limit, round(w.seconds * 1000)) for w in WINDOWS)

    def fullest(self) -> list[int]:
        """Return the most that each window ever held: its limit, where nothing is lost."""
        return [fullest(self.at_ms, round(w.seconds * 1000)) for w in WINDOWS]


def excess(at_ms: Sequence[int], limit: int, span_ms: int) -> int:
    """Count the entries of a sorted log with `limit` others before them, at most the span older.

    A millisecond is not divided further, so this is stricter than any true window.
    """
    pairs = zip(at_ms, at_ms[limit:], strict=False)
    return sum(later - earlier <= span_ms for earlier, later in pairs)


def fullest(at_ms: Sequence[int], span_ms: int) -> int:
    """Return the most entries of a sorted log in any span, both edges included."""
    return max(n + 1 - bisect_left(at_ms, ms - span_ms) for n, ms in enumerate(at_ms))


async def run(*, url: str, seconds: float) -> dict[str, Any]:
    """Ask as often as possible from several callers, and report every admission."""
    link = RedisLink(url, deadline_seconds=PATIENCE_SECONDS)
    await link.start()
    limiter = RateLimiter(link)
    reservations: list[str] = []
    end = time.monotonic() + seconds

    async def caller() -> int:
        asked = 0
        while time.monotonic() < end:
            decision = await limiter.admit(SUBJECT, WINDOWS)
            asked += 1
            if decision.allowed:
                reservations.append(decision.reservation)
        return asked

    asked = sum(await asyncio.gather(*(caller() for _ in range(CALLERS))))
    await link.aclose()
    return {"reservations": reservations, "asked": asked}
