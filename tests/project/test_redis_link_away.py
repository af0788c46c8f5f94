"""A Redis that is away, hangs, is full or is none: nobody is delayed, and it is found again."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest
import redis as sync_redis
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
    TimeoutError as RedisTimeoutError,
)

from project.redis_link import RedisLink
from tests.project.linking import AT_ONCE, DEADLINE, linked, seconds_to_fail, stopped, until
from world.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARGIN = 0.5  # of a busy machine; the time to connect would be 1 s more


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Run a Redis that a test may hurt."""
    server = RedisServer()
    with server:
        yield server


async def test_a_redis_that_hangs_delays_nobody_twice(server: RedisServer) -> None:
    """The first command fails at its deadline, the following ones at once; then it comes back."""
    async with linked(server.url) as link:
        with stopped(server):
            waited = await seconds_to_fail(link, RedisTimeoutError)
            assert 0.8 * DEADLINE < waited < DEADLINE + MARGIN
            assert await seconds_to_fail(link, RedisConnectionError) < AT_ONCE
            await asyncio.sleep(0.1)
        assert await until(lambda: link.up)
        assert await link.execute_command("PING") == b"PONG"


async def test_a_redis_that_goes_on_hanging_is_tried_again_and_again(server: RedisServer) -> None:
    """An attempt to come back that meets its deadline is not the last one."""
    with stopped(server):
        async with linked(server.url, deadline=0.02) as link:
            assert not link.up
            for _ in range(6):
                await asyncio.sleep(0.1)
            os.kill(server.pid or 0, signal.SIGCONT)
            assert await until(lambda: link.up)


async def test_all_that_wait_on_a_lost_connection_fail(server: RedisServer) -> None:
    """A killed Redis fails its callers at once, and is found again when it is back."""
    async with linked(server.url, deadline=30) as link:
        calls = [asyncio.ensure_future(link.execute_command("BLPOP", "k", 0)) for _ in range(5)]
        await asyncio.sleep(0.01)
        server.kill()
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(end) for end in ends] == [RedisConnectionError] * 5
        assert not link.up
        server.start()
        assert await until(lambda: link.up)


async def test_a_start_without_redis_is_a_start(server: RedisServer) -> None:
    """The link comes up by itself when Redis does."""
    server.kill()
    async with linked(server.url) as link:
        assert await seconds_to_fail(link, RedisConnectionError) < AT_ONCE
        server.start()
        assert await until(lambda: link.up)
        assert await link.execute_command("PING") == b"PONG"


async def test_the_address_names_database_and_password(server: RedisServer) -> None:
    """AUTH and SELECT come first, with or without a user's name."""
    with sync_redis.Redis.from_url(server.url) as admin:
        admin.config_set("requirepass", "open sesame")
    for user in ("", "default"):
        url = f"redis://{user}:open%20sesame@127.0.0.1:{server.port}/3"
        async with linked(url) as link:
            await link.execute_command("SET", "k", user)
    with sync_redis.Redis(port=server.port, db=3, password="open sesame") as reader:
        assert reader.get("k") == b"default"


async def test_a_wrong_password_is_tried_again_and_leaks_nothing(server: RedisServer) -> None:
    """No connection is left behind by an attempt, and the right password ends the attempts."""
    with sync_redis.Redis.from_url(server.url) as admin:
        admin.config_set("requirepass", "new")
        async with linked(server.url.replace("redis://", "redis://:old@")) as link:
            assert not link.up
            assert await until(lambda: admin.info("stats")["total_connections_received"] > 4)
            assert admin.info("clients")["connected_clients"] <= 2
            admin.config_set("requirepass", "old")
            assert await until(lambda: link.up)


async def test_a_full_redis_is_tried_again(server: RedisServer) -> None:
    """An error that comes before anything was asked breaks nothing."""
    with sync_redis.Redis.from_url(server.url) as admin:
        admin.config_set("maxclients", 1)
        async with linked(server.url) as link:
            assert not link.up
            admin.config_set("maxclients", 100)
            assert await until(lambda: link.up)


async def test_tls_is_spoken_where_the_address_says_so(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A server without TLS at a `rediss` address is away."""
    async with linked(server.url.replace("redis://", "rediss://")) as link:
        assert await seconds_to_fail(link, RedisConnectionError) < AT_ONCE
    assert caplog.text == ""


async def test_what_is_no_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    """A web server at Redis' address is no crash, and no traceback five times a second."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as web:
        port = web.sockets[0].getsockname()[1]
        async with linked(f"redis://127.0.0.1:{port}") as link:
            assert await seconds_to_fail(link, RedisConnectionError) < AT_ONCE
    assert caplog.text == ""


async def test_a_socket_file_is_an_address(tmp_path: Path) -> None:
    """`unix://` leads to a socket in the file system."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            writer.write(b"+PONG\r\n")
        writer.close()
        await writer.wait_closed()
        gone.set()

    gone, path = asyncio.Event(), tmp_path / "redis.sock"
    async with await asyncio.start_unix_server(answer, path):
        link = RedisLink(f"unix://{path}", deadline_seconds=DEADLINE)
        await link.start()
        assert await link.execute_command("PING") == b"PONG"
        await link.aclose()
        await gone.wait()
