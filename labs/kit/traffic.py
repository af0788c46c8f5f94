"""Traffic for a limiter, and what to look for in how it was met.

    calls = drive(limiter, range(50, 75))      # [(50, "ok"), ..., (74, "refused")]
    len(busiest(calls, seconds=60))            # the most that were admitted in any minute

Times are numbers that are passed on: nobody waits here.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeAlias

from redis.asyncio import Redis

from world.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

    from labs.kit.plots import Outcome
    from world.client import World

    Call = tuple[float, Outcome]

# What a lab's own functions are given.
Admit: TypeAlias = "Callable[[str], Awaitable[int]]"  # a key; 0: admitted
Pause: TypeAlias = "Callable[[str], float]"  # Retry-After; seconds

# Seconds at which calls come, around the full minute at 60.
SHAPES: Mapping[str, Sequence[int]] = {
    "at the full minute": range(50, 75),
    "steady": range(0, 120, 3),
    "two bursts": [*range(10, 25), *range(65, 80)],
}
OUTAGE_CALLS, GONE, BACK = 24, 9, 17


class Limiter(Protocol):
    """What decides about a call at a time."""

    def admit(self, now: float) -> bool:
        """Admit or refuse one call."""


class Answer(Protocol):
    """An HTTP answer, whatever its status."""

    status_code: int
    is_success: bool
    headers: Mapping[str, str]


def drive(limiter: Limiter, times: Iterable[float]) -> list[Call]:
    """Send one call at each time, and return how each ended."""
    return [(now, "ok" if limiter.admit(now) else "refused") for now in times]


def busiest(calls: Iterable[Call], seconds: float) -> list[float]:
    """Return the admitted calls of those `seconds` that hold most of them, wherever they begin."""
    admitted = [at for at, outcome in calls if outcome == "ok"]
    windows = [[at for at in admitted if 0 <= end - at <= seconds] for end in admitted]
    return max(windows, key=len, default=[])


@contextmanager
def quota(world: World, *, calls: int) -> Iterator[None]:
    """Let the provider answer so many calls in this block, and every further one with 429."""
    world.faults({"kind": "status", "status": 429, "after": calls})
    try:
        yield
    finally:
        world.no_faults()


def new_name() -> str:
    """Return a name for one call: 32 letters that no other server's call has."""
    return uuid.uuid4().hex


async def outage(admit: Callable[[Redis], Awaitable[bool]]) -> list[Call]:
    """Send 24 calls with a Redis that is killed before the ninth and back before the seventeenth.

    The Redis is this function's own, keeps nothing on disk, and is gone afterwards.
    """
    server = RedisServer()
    calls: list[Call] = []
    with server as url:
        async with Redis.from_url(url) as client:
            for number in range(1, OUTAGE_CALLS + 1):
                if number == GONE:
                    server.kill()
                if number == BACK:
                    server.start()
                calls.append((number, "ok" if await admit(client) else "refused"))
    return calls
