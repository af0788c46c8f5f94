"""One connection for a worker: replies go to whom they belong, in Redis' own types."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError as RedisConnectionError,
    NoScriptError,
    RedisError,
    ResponseError,
)

from project.redis_link import RedisLink, reply_error
from tests.project.linking import AT_ONCE, linked, seconds_to_fail


async def test_more_than_ten_thousand_commands_of_one_tick_are_answered(redis_url: str) -> None:
    """Each caller gets its own reply."""
    async with linked(redis_url, deadline=30) as link:
        replies = await asyncio.gather(*(link.execute_command("ECHO", n) for n in range(12_000)))
    assert replies == [str(n).encode() for n in range(12_000)]


async def test_replies_have_redis_own_types(link: RedisLink) -> None:
    """Bytes, integers, nothing, and lists of lists."""
    script = "return {1, 'a', {2, {'b'}}, false}"
    assert await link.execute_command("EVAL", script, 0) == [1, b"a", [2, [b"b"]], None]
    assert await link.execute_command("SET", "k", b"\x00\xff\r\n") == b"OK"
    assert await link.execute_command("GET", "k") == b"\x00\xff\r\n"
    assert await link.execute_command("GET", "none") is None


async def test_an_error_reply_is_raised_for_its_own_caller(link: RedisLink) -> None:
    """The neighbours of a refused command are answered."""
    ends = await asyncio.gather(
        link.execute_command("PING"),
        link.execute_command("NOTHING"),
        link.execute_command("EVALSHA", "0" * 40, 0),
        link.execute_command("ECHO", "last"),
        return_exceptions=True,
    )
    assert [ends[0], ends[3]] == [b"PONG", b"last"]
    assert [type(end) for end in ends[1:3]] == [ResponseError, NoScriptError]
    assert "unknown command" in str(ends[1])


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("ERR wrong number", ResponseError, "ERR wrong number"),
        ("NOSCRIPT No matching script", NoScriptError, "No matching script"),
        ("LOADING Redis is loading", BusyLoadingError, "Redis is loading"),
        ("WRONGTYPE", ResponseError, "WRONGTYPE"),
    ],
)
def test_error_replies_are_redis_pys_exceptions(text: str, kind: type, told: str) -> None:
    """Whoever catches redis-py's errors catches these."""
    error = reply_error(text)
    assert (type(error), str(error)) == (kind, told)
    assert isinstance(error, RedisError)


async def test_what_cannot_be_packed_disturbs_nobody(link: RedisLink) -> None:
    """A wrong argument is an error of its own caller, before anything is sent."""
    good = asyncio.ensure_future(link.execute_command("ECHO", "good"))
    with pytest.raises(TypeError):
        await link.execute_command("SET", "k", object())
    assert [await good, await link.execute_command("ECHO", "next")] == [b"good", b"next"]


async def test_callers_that_hang_up_do_not_shift_replies(link: RedisLink) -> None:
    """Replies to cancelled commands are dropped, and the others stay in their places."""
    tasks = [asyncio.create_task(link.execute_command("ECHO", n)) for n in range(100)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert ends[1::2] == [str(n).encode() for n in range(1, 100, 2)]
    assert all(isinstance(end, asyncio.CancelledError) for end in ends[::2])
    assert await link.execute_command("ECHO", "after") == b"after"


async def test_a_stall_of_our_own_is_not_a_dead_redis(redis_url: str) -> None:
    """A reply that lies in the socket when the deadline is over is taken."""
    async with linked(redis_url, deadline=0.02) as link:
        reply = asyncio.ensure_future(link.execute_command("PING"))
        await asyncio.sleep(0)
        time.sleep(0.05)  # noqa: ASYNC251  # the stall is what is tested
        assert (await reply, link.up) == (b"PONG", True)


async def test_a_closed_link_answers_nobody(redis_url: str) -> None:
    """Who waits fails, who comes later fails, and to close twice is no error."""
    link = RedisLink(redis_url, deadline_seconds=30)
    await link.start()
    waiting = asyncio.ensure_future(link.execute_command("BLPOP", "k", 0))
    await asyncio.sleep(0.01)
    await link.aclose()
    with pytest.raises(RedisConnectionError):
        await waiting
    await link.aclose()
    assert await seconds_to_fail(link, RedisConnectionError) < AT_ONCE
    assert not link.up
