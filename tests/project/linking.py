"""Links to a Redis that a test may hurt."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import pytest

from project.redis_link import RedisLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from redis.exceptions import RedisError

    from world.redis import RedisServer

DEADLINE = 0.1
AT_ONCE = DEADLINE / 2  # in which a busy machine does what needs no waiting


@asynccontextmanager
async def linked(url: str, *, deadline: float = DEADLINE) -> AsyncIterator[RedisLink]:
    """Start a link, and close it whatever happens."""
    link = RedisLink(url, deadline_seconds=deadline)
    await link.start()
    try:
        yield link
    finally:
        await link.aclose()


@contextmanager
def stopped(server: RedisServer) -> Iterator[None]:
    """Stop the server's process: it keeps its connections and answers nothing."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def until(condition: Callable[[], bool], *, seconds: float = 5.0) -> bool:
    """Say whether a condition comes true within a time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110  # no event to wait for
        await asyncio.sleep(0.01)
    return condition()


async def seconds_to_fail(link: RedisLink, expected: type[RedisError]) -> float:
    """Return how long a command takes to fail."""
    began = time.monotonic()
    with pytest.raises(expected):
        await link.execute_command("PING")
    return time.monotonic() - began
