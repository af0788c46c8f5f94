"""One slice of the comparison: callers of one process decide for a while, each as fast as it can.

Each subject asks twenty times where ten a minute fit: half of the decisions admit and write, half
refuse, whatever the library's speed.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

from tests.bench.rate_limit.contest import TWO_WINDOWS, entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.rate_limit.contest import Decide

ASKS = 2 * TWO_WINDOWS.limits[0][0]
SUBJECTS = 50  # that ask at the same time
PREPARED_A_SECOND = 80_000


def subjects(*, asks: int, seed: int) -> Iterator[str]:
    """Name who asks next: fifty subjects in random order, each `asks` times, then fifty others."""
    chance = random.Random(seed)
    for group in itertools.count():
        names = [f"{group}-{n}" for n in range(SUBJECTS)] * asks
        chance.shuffle(names)
        yield from names


@dataclass
class Slice:
    """What the callers of one process measured."""

    decide: Decide
    names: Iterator[str]
    admitted: int = 0
    latencies: list[float] = field(default_factory=list)

    async def caller(self, end: float) -> None:
        """Decide until the time is over."""
        began = time.monotonic()
        while began < end:
            admitted = await self.decide(next(self.names), 1)
            self.admitted += admitted  # not across the await: other callers count too
            self.latencies.append((now := time.monotonic()) - began)
            began = now

    async def run(self, callers: int, seconds: float) -> dict[str, float]:
        """Let the callers decide; `began` and `ended` are comparable between processes."""
        cpu, machine, began = time.process_time(), _machine_seconds(), time.monotonic()
        await asyncio.gather(*(self.caller(began + seconds) for _ in range(callers)))
        return {
            "began": began,
            "ended": time.monotonic(),
            "cpu_seconds": time.process_time() - cpu,
            "machine_seconds": _machine_seconds() - machine,
            **self.decided(),
        }

    def decided(self) -> dict[str, float]:
        """Return how many decisions there were, and how long they took."""
        ordered = sorted(self.latencies)
        return {
            "decisions": len(ordered),
            "admitted": self.admitted,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
        }


async def run(
    *, url: str, name: str, callers: int, seconds: float, share: tuple[int, int]
) -> dict[str, float]:
    """Measure one library; `share` says which of how many processes this one is."""
    number, processes = share
    stream = subjects(asks=ASKS // processes, seed=number)
    async with entered(name, url, TWO_WINDOWS, callers=callers) as decide:
        # Connections are opened before the clock starts.
        await asyncio.gather(*(decide(f"warm-{number}-{n}", 1) for n in range(callers)))
        prepared = list(itertools.islice(stream, int(PREPARED_A_SECOND * seconds)))
        names = itertools.chain(prepared, stream)
        measured = Slice(decide, names)
        gc.collect()
        return await measured.run(callers, seconds)


def _machine_seconds() -> float:
    """Return the CPU seconds of the whole machine so far."""
    used = psutil.cpu_times()
    return float(used.user + used.system)
