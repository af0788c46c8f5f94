"""Answers that no provider should give, byte by byte: each one is a failure that has a name."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from project.patterns.retry import Failure
from project.provider import Misconfigured, Provider, ProviderError, Refused, Transient
from tests.project.calling import connected, post, stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def answering(raw: bytes) -> AsyncIterator[Provider]:
    """Connect to a server that answers everything with these bytes and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with connected(f"http://127.0.0.1:{port}") as provider:
            yield provider


def whole(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Write an HTTP answer."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def events(*data: bytes) -> bytes:
    """Write an HTTP answer that is a stream, and ends with the connection."""
    return b"HTTP/1.1 200 OK\r\n\r\n" + b"".join(b"data: " + d + b"\n\n" for d in data)


async def test_comments_and_blank_lines_are_no_events() -> None:
    """Some providers keep a stream alive with them."""
    raw = (
        b'HTTP/1.1 200 OK\r\n\r\n: waiting\n\nevent: x\ndata: {"a": 1}\n\n: still\ndata:[DONE]\n\n'
    )
    async with answering(raw) as provider:
        assert await stream(provider) == [{"a": 1}]


@pytest.mark.parametrize(
    "raw",
    [
        events(),
        events(b"[DONE]"),
        events(b"{"),
        events(b"[]"),
        events(b'{"error": {"message": "overloaded"}}'),
        events(b'"' + b"x" * 5_000_000),
        whole(b""),
        whole(b"", "500 Oh"),
        b"",
        b"nonsense\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[-24:]),
)
async def test_a_stream_that_never_began_can_be_tried_again(raw: bytes) -> None:
    """Nothing was sent to the caller yet."""
    async with answering(raw) as provider:
        with pytest.raises(Transient) as caught:
            await stream(provider)
    assert caught.value.failure == Failure(retryable=True)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (whole(b"[]"), Transient),
        (whole(b"\xff"), Transient),
        (whole(b'{"error": {"message": "overloaded"}}'), Transient),
        (whole(b"{}")[:-1], Transient),
        (whole(b"<html>", "404 Not Found"), Transient),
        (whole(b"", "302 Found", "Location: http://127.0.0.1:9/"), Transient),
        (whole(b"{}", "204 No"), Transient),
        (whole(b'{"error": {"message": "m"}}', "400 Bad"), Refused),
        (whole(b'{"error": {"message": "m"}}', "403 Forbidden"), Misconfigured),
    ],
    ids=["list", "not UTF-8", "error", "cut", "no JSON", "redirect", "204", "400", "403"],
)
async def test_odd_answers_are_translated(raw: bytes, kind: type) -> None:
    """Redirects are not followed, nonsense is a failure of the provider's."""
    async with answering(raw) as provider:
        with pytest.raises(ProviderError) as caught:
            await post(provider)
    assert type(caught.value) is kind


async def test_an_answer_may_say_that_there_was_no_error() -> None:
    """`"error": null` is how some providers spell success."""
    async with answering(whole(b'{"error": null, "choices": []}')) as provider:
        assert await post(provider) == {"error": None, "choices": []}


async def test_a_redirect_is_not_followed() -> None:
    """Our key is for the address that was set, and for no other."""
    async with answering(whole(b"", "307 Go", "Location: http://127.0.0.1:9/")) as provider:
        with pytest.raises(Transient, match="answered 307"):
            await post(provider)


async def test_a_stream_that_just_stops_did_not_end() -> None:
    """Only [DONE] is an end, however politely the connection is closed."""
    async with answering(events(b'{"a": 1}', b'{"a": 2}')) as provider:
        with pytest.raises(Transient, match="cut"):
            await stream(provider)
