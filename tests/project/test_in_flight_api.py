"""`IN_FLIGHT_LIMITS`, over HTTP: who streams holds a place, who comes too many waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import redis

from project.environment import SettingsError
from project.settings import Settings
from tests.project.running import Api, Place, api, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUIRED = {"OPENAI_API_KEY": "sk", "ADMIN_TOKEN": "a-token-of-the-tests-only"}


@pytest.fixture(scope="module")
def somewhere() -> Iterator[Place]:
    """Start a Redis and a world for this file."""
    with place() as found:
        yield found


@pytest.fixture(scope="module")
def running(somewhere: Place) -> Iterator[Api]:
    """Start an API where a tenant may have one call at once."""
    with api(somewhere, IN_FLIGHT_LIMITS="pro=1", REDIS_DOWN="open") as started:
        yield started


@pytest.fixture(autouse=True)
def fresh(somewhere: Place) -> None:
    """Forget what earlier tests did."""
    somewhere.reset()
    somewhere.world.capacity(seconds_per_token=0)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what happens on the other side."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ask_stream(running: Api) -> Any:
    """Begin a streamed answer that takes seconds, and read its first event."""
    stream = running.client().chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "are returns free"}], stream=True
    )
    next(iter(stream))
    return stream


def test_a_stream_holds_its_place_to_its_end(running: Api, somewhere: Place) -> None:
    """While an answer streams, a second call is refused with 429; afterwards it is served."""
    somewhere.world.capacity(seconds_per_token=0.02)
    stream = ask_stream(running)
    refused = running.ask("hello")
    assert len(list(stream)) > 5
    served = running.ask("hello")
    assert (refused.status_code, served.status_code) == (429, 200)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert running.admin("/admin/snapshot").json()["requests"]["rate_limited"] == 1


def test_a_caller_that_hangs_up_frees_its_place(running: Api, somewhere: Place) -> None:
    """Leaving a stream in the middle gives its place back."""
    somewhere.world.capacity(seconds_per_token=0.2)
    stream = ask_stream(running)
    with redis.Redis.from_url(somewhere.redis.url) as client:
        assert client.zcard("ai:in_flight:pro") == 1
        stream.close()
        wait_until(lambda: client.exists("ai:in_flight:pro") == 0)


def test_other_tiers_have_no_limit(running: Api, somewhere: Place) -> None:
    """A tier that the setting does not name is not limited."""
    assert running.ask("hello", who="free").status_code == 200
    with redis.Redis.from_url(somewhere.redis.url) as client:
        assert not client.keys("ai:in_flight:*")


def test_without_redis_the_api_admits_and_says_so(running: Api, somewhere: Place) -> None:
    """Places are not counted while Redis is away; the answer names what is missing."""
    somewhere.redis.kill()
    try:
        reply = running.ask("hello")
    finally:
        somewhere.redis.start()
    wait_until(lambda: running.http.get("/readyz").status_code == 200)
    assert reply.status_code == 200
    assert "limits" in reply.headers["x-degraded"]


def test_the_setting_is_off_by_default() -> None:
    """Nobody is limited before an operator says so."""
    assert Settings.from_env(REQUIRED).in_flight_limits == {}


def test_the_setting_names_tiers() -> None:
    """Each tier has its own number of places."""
    settings = Settings.from_env({**REQUIRED, "IN_FLIGHT_LIMITS": "free=2;pro=20"})
    assert settings.in_flight_limits == {"free": 2, "pro": 20}


@pytest.mark.parametrize("text", ["free", "free=0", "free=1.5", "free=two", "gold=2"])
def test_a_wrong_setting_stops_the_start(text: str) -> None:
    """A limit that is no number of calls, or of an unknown tier, names the variable."""
    with pytest.raises(SettingsError, match="IN_FLIGHT_LIMITS"):
        Settings.from_env({**REQUIRED, "IN_FLIGHT_LIMITS": text})
