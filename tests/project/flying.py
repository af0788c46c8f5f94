"""A process of its own that holds places in flight: for tests to count, and to kill.

    python -m tests.project.flying REDIS_URL CALLERS TURNS

Each caller takes a place `TURNS` times. Inside, it raises a counter that all processes share; what
the counter reached goes to the list `seen`. With 0 turns, one caller holds a place for ever.
"""

from __future__ import annotations

import asyncio
import sys

from project.errors import TooManyInFlight
from project.in_flight import InFlight
from project.redis_link import RedisLink

SUBJECT = "tenant"
LIMIT = 3
LEASE_SECONDS = 1.0
DEADLINE_SECONDS = 5.0  # two cores share all tests


async def call(link: RedisLink, flights: InFlight) -> int:
    """Take one place and give it back; return how often it was refused before."""
    refused = 0
    while True:
        try:
            async with flights.held(SUBJECT, LIMIT):
                await link.execute_command("RPUSH", "seen", await _count(link, 1))
                await _count(link, -1)
                return refused
        except TooManyInFlight:
            refused += 1
            await asyncio.sleep(0.001)


async def _count(link: RedisLink, by: int) -> int:
    return int(await link.execute_command("INCRBY", "inside", by))


async def caller(link: RedisLink, flights: InFlight, turns: int) -> int:
    """Take a place this many times, one after the other."""
    return sum([await call(link, flights) for _ in range(turns)])


async def main(url: str, callers: int, turns: int) -> None:
    """Run the callers, and print how often they were refused."""
    link = RedisLink(url, deadline_seconds=DEADLINE_SECONDS)
    await link.start()
    flights = InFlight(link, {}, lease_seconds=LEASE_SECONDS)
    if turns:
        refused = await asyncio.gather(*(caller(link, flights, turns) for _ in range(callers)))
        sys.stdout.write(f"{sum(refused)}\n")
        await link.aclose()
        return
    async with flights.held(SUBJECT, LIMIT):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
