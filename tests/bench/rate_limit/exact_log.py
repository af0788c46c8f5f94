"""The definition of a sliding window, as plain Python that shares nothing with the Lua script.

A call counts in a window while it is at most the window's span old; of a clock that steps back
the latest admission is believed. A wait is exact when the log admits after it, and not 1 ms
sooner: no search is needed to check one.
"""

from __future__ import annotations

import asyncio
import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from project.patterns.rate_limit import Decision, RateLimiter, Unit, Window
from project.redis_link import RedisLink

if TYPE_CHECKING:
    from collections.abc import Callable

SUBJECTS = 50
SEED = 5
START_MS = 1_800_000_000_000
PATIENCE_SECONDS = 5.0
# The log's own key lives in real time: the longest window outlasts the run.
LONG_SECONDS = (120, 600, 3600)
SHORT_SECONDS = (0.05, 0.5, 1, 7.5, 30)


@dataclass
class ExactLog:
    """Every admission of one subject, as [ms, tokens]."""

    windows: tuple[Window, ...]
    entries: list[list[int]] = field(default_factory=list)

    def now(self, clock_ms: int) -> int:
        """Return the time that holds: a clock that steps back is not believed."""
        return max(clock_ms, self.entries[-1][0]) if self.entries else clock_ms

    def used(self, window: Window, ms: int) -> int:
        """Return what a window holds at a time."""
        since = ms - window.seconds * 1000
        return sum(_weight(window, tokens) for at, tokens in self.entries if at >= since)

    def full(self, ms: int, tokens: int) -> list[Window]:
        """Return the windows into which one more call of `tokens` does not fit."""
        return [w for w in self.windows if self.used(w, ms) + _weight(w, tokens) > w.limit]

    def live(self) -> list[list[int]]:
        """Return the entries that the longest window held at the last admission."""
        longest = max(w.seconds for w in self.windows) * 1000
        return [e for e in self.entries if e[0] >= self.entries[-1][0] - longest]


def _weight(window: Window, tokens: int) -> int:
    return tokens if window.unit == "tokens" else 1


@dataclass
class Verdict:
    """What was compared, and what differed."""

    decisions: int = 0
    admitted: int = 0
    settled: int = 0
    wrong: int = 0
    inexact_waits: int = 0
    waits: int = 0

    def compare(self, log: ExactLog, now: int, tokens: int, decision: Decision) -> None:
        """Hold one decision against the log, before it is entered."""
        full = log.full(now, tokens)
        self.decisions += 1
        self.admitted += decision.allowed
        wrong = decision.allowed == bool(full)
        wrong |= bool(full) and decision.refused_by not in full
        for state in decision.states:
            taken = _weight(state.window, tokens) if decision.allowed else 0
            left = state.window.limit - log.used(state.window, now) - taken
            wrong |= state.remaining != max(0, left)
        self.wrong += wrong
        if full:
            self.waits += 1
            self.inexact_waits += not exact(log, now, tokens, decision)


def exact(log: ExactLog, now: int, tokens: int, decision: Decision) -> bool:
    """Say whether a refused call fits after its wait, and the refusing window is the last to end.

    A millisecond sooner that window is still full.
    """
    window, wait_seconds = decision.refused_by, decision.retry_after_seconds
    if window is None or math.isinf(wait_seconds):
        return window is not None and _weight(window, tokens) > window.limit
    at = now + round(wait_seconds * 1000)
    return not log.full(at, tokens) and window in log.full(at - 1, tokens)


class Subject:
    """One seeded tenant: its windows, its clock, and what it asks."""

    def __init__(self, number: int) -> None:
        self.name = f"subject-{number}"
        self._chance = random.Random(SEED * 1000 + number)
        self.log = ExactLog(self._windows())
        self.clock_ms = START_MS
        self._wait_ms = 0
        self._reservations: list[tuple[str, list[int]]] = []

    def _windows(self) -> tuple[Window, ...]:
        """Return one to four windows, of requests and of tokens."""
        chance = self._chance
        spans: list[float] = [chance.choice(LONG_SECONDS), *SHORT_SECONDS]
        chosen = [spans[0], *chance.sample(spans[1:], chance.randint(0, 3))]
        return tuple(self._window(seconds) for seconds in chosen)

    def _window(self, seconds: float) -> Window:
        unit: Unit = self._chance.choice(("requests", "tokens"))
        few = self._chance.randint(1, 12) if seconds < 100 else self._chance.randint(5, 40)
        return Window(few * 300 if unit == "tokens" else few, seconds, unit)

    async def ask(self, limiter: RateLimiter, verdict: Verdict) -> None:
        """Ask once at a time that hurts, and compare."""
        chance = self._chance
        self.clock_ms += self._step()
        tokens = chance.choice((0, 1, chance.randint(1, 600), chance.randint(1, 4000)))
        decision = await limiter.admit(
            self.name, self.log.windows, tokens=tokens, now_ms=self.clock_ms
        )
        now = self.log.now(self.clock_ms)
        verdict.compare(self.log, now, tokens, decision)
        finite = math.isfinite(decision.retry_after_seconds)
        self._wait_ms = round(decision.retry_after_seconds * 1000) if finite else 0
        if decision.allowed:
            self.log.entries.append([now, tokens])
            self._reservations.append((decision.reservation, self.log.entries[-1]))
        if self._reservations and chance.random() < 0.3:
            await self._settle(limiter, verdict)

    def _step(self) -> int:
        """Return how far the clock moves: nothing, the very edge of a wait, a jump, a step back."""
        chance = self._chance
        steps = (
            0,
            chance.randint(1, 20),
            chance.randint(1, 3000),
            60_000,
            -chance.randint(1, 9000),
        )
        weights = (3, 4, 4, 0.2, 0.5)
        if self._wait_ms and chance.random() < 0.5:
            return max(0, self._wait_ms - chance.choice((0, 0, 1)))
        return int(chance.choices(steps, weights)[0])

    async def _settle(self, limiter: RateLimiter, verdict: Verdict) -> None:
        """Replace what a reservation took by another number, in the log and in Redis."""
        live = {id(entry) for entry in self.log.live()}
        self._reservations = [r for r in self._reservations if id(r[1]) in live]
        reservation, entry = self._chance.choice(self._reservations)
        entry[1] = self._chance.choice((0, self._chance.randint(0, 600)))
        verdict.settled += 1
        verdict.wrong += not await limiter.settle(self.name, reservation, entry[1])


async def compare(url: str, decisions: int, advance: Callable[[], None]) -> Verdict:
    """Let many subjects ask at virtual times, each in its own order, all at once."""
    link = RedisLink(url, deadline_seconds=PATIENCE_SECONDS)
    await link.start()
    limiter, verdict = RateLimiter(link), Verdict()

    async def run(subject: Subject) -> None:
        for _ in range(decisions // SUBJECTS):
            await subject.ask(limiter, verdict)
            del subject.log.entries[: -len(subject.log.live()) or None]
            advance()

    await asyncio.gather(*(run(Subject(n)) for n in range(SUBJECTS)))
    await link.aclose()
    return verdict
