"""Raw ASGI exchanges: long bodies, callers that leave, connections that cannot be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from world.http import MAX_BODY_BYTES, CallerLeft, Exchange
from world.openai_errors import ApiError

if TYPE_CHECKING:
    from starlette.types import Message


class Wire:
    """What a caller sends, message by message."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)

    async def receive(self) -> Message:
        """Give the next message."""
        return self.messages.pop(0)

    async def send(self, message: Message) -> None:
        """Take an answer."""
        self.messages.append(message)


def exchange(*messages: Message) -> Exchange:
    """Begin an exchange with a caller that sends these messages."""
    wire = Wire(*messages)
    scope: dict[str, Any] = {"method": "POST", "path": "/", "headers": [(b"a", b"1"), (b"a", b"2")]}
    return Exchange(scope, wire.receive, wire.send)


def part(body: bytes, *, more: bool = True) -> Message:
    """Write a part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


async def test_a_body_in_parts_is_one_body() -> None:
    """A body is read to its end."""
    assert await exchange(part(b"a"), part(b"b"), part(b"", more=False)).body() == b"ab"


async def test_a_caller_may_leave_within_its_body() -> None:
    """A body that ends early is no body."""
    with pytest.raises(CallerLeft):
        await exchange(part(b"a"), GONE).body()


async def test_a_body_has_a_limit() -> None:
    """A body over the limit is 413 before all of it is in memory."""
    half = b"x" * (MAX_BODY_BYTES // 2 + 1)
    with pytest.raises(ApiError) as error:
        await exchange(part(half), part(half), part(half)).body()
    assert error.value.status == 413


async def test_no_wait_reads_nothing() -> None:
    """Zero seconds do not even look whether the caller is there."""
    assert not await exchange().left_within(0.0)


async def test_leaving_ends_a_wait() -> None:
    """A caller that leaves ends a wait of any length; late parts of its body do not."""
    assert await exchange(part(b"", more=False), GONE).left_within(None)


def test_a_connection_out_of_reach_says_how_to_serve() -> None:
    """Under another HTTP protocol a fault that breaks connections is an error with the remedy."""
    with pytest.raises(RuntimeError, match="ResettableProtocol"):
        exchange().reset()
