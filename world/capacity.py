"""How a provider with limits behaves: a sliding quota, and latency that grows with the load.

Quota, a clock story: two calls a second are allowed. Calls at 0.0 and 0.7 s are admitted. At 0.9 s
both are still in the last second: refused, "try again in 0.1 s". At 1.0 s the first has left the
window: admitted. A refused call takes no place.

Everything is arithmetic on numbers that are passed in; nobody sleeps here.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from world.faults import Capacity

# What the headers state where there is no quota.
NOMINAL_REQUESTS = 1_000_000
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Admission:
    """What the quota says to one call; `wait_seconds` is 0 for a call that is let through."""

    limit: int
    remaining: int
    reset_seconds: float
    wait_seconds: float = 0.0


UNLIMITED = Admission(limit=NOMINAL_REQUESTS, remaining=NOMINAL_REQUESTS, reset_seconds=0.0)


class Quota:
    """At most `per_second` calls in any window of one second.

    A quota that is no whole number keeps its rate in another window: 2.5 a second are 2 in any
    0.8 s, and one in two seconds is 1 in any 2 s.
    """

    def __init__(self, per_second: float | None) -> None:
        self.limit = 0 if per_second is None else max(1, int(per_second))
        self.window_seconds = self.limit / per_second if per_second else 0.0
        self._admitted: deque[float] = deque()

    def admit(self, now: float) -> Admission:
        """Take a place for a call at `now`, or say how long to wait for one."""
        state = self.state(now)
        if not self.limit or state.wait_seconds:
            return state
        self._admitted.append(now)
        return Admission(self.limit, state.remaining - 1, self.window_seconds)

    def state(self, now: float) -> Admission:
        """Return what a call at `now` would be told, without taking a place."""
        if not self.limit:
            return UNLIMITED
        places = self._admitted
        while places and places[0] + self.window_seconds <= now:
            places.popleft()
        reset = places[-1] + self.window_seconds - now if places else 0.0
        wait = places[0] + self.window_seconds - now if len(places) >= self.limit else 0.0
        return Admission(self.limit, self.limit - len(places), reset, wait)


class Pace(NamedTuple):
    """How fast one call is answered: seconds to the first token, and for each token."""

    first_seconds: float
    token_seconds: float


def pace_of(capacity: Capacity, in_progress: int, *, seed: int, number: int) -> Pace:
    """Return the pace of call `number`, begun with so many calls in progress (itself included)."""
    load = load_factor(in_progress, concurrency=capacity.concurrency)
    first = capacity.latency_seconds * load
    if first:
        first *= jitter(seed, number)
    return Pace(first, capacity.seconds_per_token * load)


def load_factor(in_progress: int, *, concurrency: float | None) -> float:
    """Return how many times slower everything is; None never slows down."""
    return 1.0 if concurrency is None else max(1.0, in_progress / concurrency)


def jitter(seed: int, number: int) -> float:
    """Return a factor around 1, mostly within a tenth, the same for one seed and call number."""
    # Not for secrets: the same seed must give the same latencies.
    return math.exp(Random(seed * 1_000_003 + number).gauss(0.0, JITTER))  # noqa: S311


def duration(seconds: float) -> str:
    """Return seconds as OpenAI's `x-ratelimit-reset-*` headers write them: 120ms, 1.5s, 1m30s."""
    milliseconds = math.ceil(round(seconds * 1_000, 6))
    if milliseconds < 1_000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}m" * (minutes > 0) + f"{rest / 1_000:g}s"
