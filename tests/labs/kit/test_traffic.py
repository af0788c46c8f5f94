"""Traffic is numbers, and what was met is counted wherever a window begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest
from redis.exceptions import RedisError

from labs.kit import traffic
from project.patterns.rate_limit import RateLimiter, Window
from world.client import World
from world.provider import Provider
from world.server import serve

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from labs.kit.plots import Outcome


class OddOnly:
    """Admits every other call."""

    def admit(self, now: float) -> bool:
        """Go by the time alone."""
        return now % 2 == 1


def test_a_limiter_is_driven_through_the_times() -> None:
    """Each time is one call, with how it ended."""
    expected = [(1, "ok"), (2, "refused"), (3, "ok")]
    assert traffic.drive(OddOnly(), range(1, 4)) == expected


@pytest.mark.parametrize(
    ("admitted", "seconds", "found"),
    [
        ([1, 30, 59, 62, 63], 60, [30, 59, 62, 63]),
        ([0, 60, 120], 60, [0, 60]),
        ([0, 60, 120], 59, [0]),
        ([], 60, []),
    ],
    ids=["across the minute", "the edge counts", "apart", "nobody"],
)
def test_the_busiest_window_is_found_wherever_it_begins(
    admitted: list[float], seconds: float, found: list[float]
) -> None:
    """Refused calls do not count, and a call at the edge does."""
    calls: list[tuple[float, Outcome]] = [(at, "ok") for at in admitted]
    assert traffic.busiest([*calls, (1.5, "refused")], seconds) == found


async def test_a_quota_lasts_as_long_as_its_block() -> None:
    """Two calls are answered, the third gets 429, and behind the block all is well."""
    with serve([Provider(key="sk-lab", workload=None, seed=5)]) as url:
        world, address = World(url), f"{url}/v1"
        async with openai.AsyncOpenAI(base_url=address, api_key="sk-lab", max_retries=0) as client:
            with traffic.quota(world, calls=2):
                endings = [await ending(client) for _ in range(3)]
            assert [*endings, await ending(client)] == ["ok", "ok", "refused", "ok"]


async def ending(client: openai.AsyncOpenAI) -> str:
    """Say how one call ends."""
    try:
        await client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello?"}]
        )
    except openai.RateLimitError:
        return "refused"
    return "ok"


async def test_an_outage_takes_redis_away_and_brings_it_back_empty() -> None:
    """Eight calls meet a Redis, eight meet none, eight meet one that has forgotten."""

    async def admit(client: Redis) -> bool:
        try:
            return (await RateLimiter(client).admit("a", (Window(1, 60),))).allowed
        except RedisError:
            return False

    calls = await traffic.outage(admit)
    assert [number for number, outcome in calls if outcome == "ok"] == [1, 17]
    assert len(calls) == 24


def test_no_two_calls_have_the_same_name() -> None:
    """A name is 32 letters."""
    names = {traffic.new_name() for _ in range(100)}
    assert len(names) == 100
    assert {len(name) for name in names} == {32}
