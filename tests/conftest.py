"""A real Redis for each test process, empty at the start of each test that asks for it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
import redis as sync_redis
import sentry_sdk
from redis.asyncio import Redis

from project.redis_link import RedisLink
from world.redis import RedisServer
from world.sentry import SentryIngest
from world.server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def pytest_configure() -> None:
    """Heed Ctrl-C, and let what tests start heed it, also where our own parent ignores it.

    A shell starts its background jobs with SIGINT ignored, and whoever is started inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Run one Redis for all tests of this process."""
    with RedisServer() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Give the address of an empty Redis."""
    with sync_redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[RedisLink]:
    """Give the API's own connection; its deadline is wide, for a busy machine."""
    link = RedisLink(redis_url, deadline_seconds=1.0)
    await link.start()
    yield link
    await link.aclose()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """Give the usual client, to look at what was written."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def sentry() -> Iterator[SentryIngest]:
    """Give an ingest that the SDK of this process sends to, as long as the test lasts."""
    ingest = SentryIngest()
    with serve([ingest]) as url:
        dsn = f"{url.replace('://', '://public@')}/1"
        sentry_sdk.init(dsn=dsn, default_integrations=False, auto_enabling_integrations=False)
        yield ingest
        sentry_sdk.get_client().close()
