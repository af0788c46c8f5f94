"""Redis dies under load: the declared policy holds, the API says so, and comes back by itself."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.project.running import Api, Place, api, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

BACK_SECONDS = 2.0


@pytest.fixture(scope="module")
def somewhere() -> Iterator[Place]:
    """One Redis, which each test kills and starts again."""
    with place() as found:
        yield found


@contextmanager
def redis_away(somewhere: Place) -> Iterator[None]:
    """Kill Redis for the length of the block."""
    somewhere.redis.kill()
    try:
        yield
    finally:
        somewhere.redis.start()


def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Say whether a condition comes true within a time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def ready(running: Api) -> bool:
    """Say whether the API wants traffic."""
    return running.http.get("/readyz").status_code == 200


def test_requests_under_load_survive_the_death_of_redis(somewhere: Place) -> None:
    """Every request of a load during which Redis is killed is answered, and soon."""
    with (
        api(somewhere, REDIS_DOWN="open", REDIS_DEADLINE_SECONDS="0.05") as running,
        ThreadPoolExecutor(8) as callers,
    ):
        replies = [callers.submit(running.ask, f"question {n}") for n in range(300)]
        until(replies[60].done, seconds=10)
        with redis_away(somewhere):
            seen = [reply.result() for reply in replies]
    assert {reply.status_code for reply in seen} == {200}
    degraded = [reply for reply in seen if "x-degraded" in reply.headers]
    assert degraded
    # Eight callers share a core with the API and the provider, so this bound is wide; the bench
    # measures the time that a dead Redis really adds.
    assert max(reply.elapsed.total_seconds() for reply in degraded) < 1.0


def test_a_dead_redis_is_named_and_its_return_noticed(somewhere: Place) -> None:
    """`/readyz` names the failing part, `/livez` stays well, and no restart is needed."""
    with api(somewhere) as running:
        with redis_away(somewhere):
            assert until(lambda: not ready(running), seconds=BACK_SECONDS)
            assert running.http.get("/readyz").json()["failing"] == ["redis"]
            assert running.http.get("/livez").status_code == 200
            assert running.ask("hello").headers["x-degraded"] == "limits, cache"
        assert until(lambda: ready(running), seconds=BACK_SECONDS)
        assert "x-degraded" not in running.ask("hello").headers


def policy_replies(somewhere: Place, policy: str) -> list[httpx.Response]:
    """Return twelve answers of a tier that admits ten, without Redis."""
    with api(somewhere, REDIS_DOWN=policy) as running, redis_away(somewhere):
        assert until(lambda: not ready(running), seconds=BACK_SECONDS)
        return [running.ask("hello", who="free") for _ in range(12)]


@pytest.mark.parametrize(
    ("policy", "statuses"),
    [
        ("open", [200] * 12),
        ("closed", [429] * 12),
        ("local", [200] * 10 + [429] * 2),
        ("free=closed;pro=open", [429] * 12),
    ],
)
def test_the_tier_says_what_holds_without_redis(
    somewhere: Place, policy: str, statuses: list[int]
) -> None:
    """`open` admits all, `closed` nobody, `local` counts in the process; each says so."""
    replies = policy_replies(somewhere, policy)
    assert [reply.status_code for reply in replies] == statuses
    assert all("limits" in reply.headers["x-degraded"] for reply in replies)


def test_the_api_starts_without_redis(somewhere: Place) -> None:
    """An API that starts while Redis is away serves degraded, and recovers when it comes."""
    with redis_away(somewhere), api(somewhere) as running:
        assert running.ask("hello").status_code == 200
        somewhere.redis.start()
        assert until(lambda: ready(running), seconds=BACK_SECONDS)
