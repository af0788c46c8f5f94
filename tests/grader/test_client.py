"""The client believes nothing: whatever a service sends is an answer or a failed check."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from grader.check import Failed
from grader.client import MAX_ANSWER_BYTES, Client, Reply, dig, dollars, together

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def service(answer: bytes) -> AsyncIterator[Client]:
    """Serve the same bytes to everybody, whatever they are."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Client.to(f"http://127.0.0.1:{port}") as client:
        yield client


def reply(data: bytes = b"", **headers: str) -> Reply:
    """Build an answer; `_` in a header's name is a hyphen."""
    return Reply(200, {name.replace("_", "-"): value for name, value in headers.items()}, data, 0.1)


async def test_an_answer_is_read() -> None:
    """Status, headers and JSON of an answer are there."""
    async with service(OK + b'X-Cache: exact\r\ncontent-length: 9\r\n\r\n{"a":[7]}') as client:
        answer = await client.send("POST", "/", headers={}, body={"q": 1})
    assert (answer.status, answer.header("x-cache"), answer.at("a", 0)) == (200, "exact", 7)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        OK + b"content-length: 10\r\n\r\nshort",
        OK + b"transfer-encoding: chunked\r\n\r\nZZ\r\n",
        OK + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
        OK + b"\r\n" + b"x" * (MAX_ANSWER_BYTES + 1),
    ],
    ids=["nothing", "garbage", "cut", "bad chunk", "long header", "endless"],
)
async def test_a_broken_answer_fails_the_check(answer: bytes) -> None:
    """What is no answer is the submission's failure, never the grader's."""
    async with service(answer) as client:
        with pytest.raises(Failed, match="expected an answer to GET /x"):
            await client.send("GET", "/x", headers={})


async def test_a_compressed_answer_is_not_unpacked() -> None:
    """A bomb stays as small as it came."""
    async with service(OK + b"content-encoding: gzip\r\n\r\nbomb") as client:
        assert (await client.send("GET", "/", headers={})).data == b"bomb"


async def test_the_first_failure_ends_the_others() -> None:
    """Of several requests at once, one that fails fails the check, and none goes on."""
    ended = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def fail() -> None:
        await asyncio.sleep(0)
        raise Failed("an answer", "none")

    with pytest.raises(Failed, match="expected an answer, got none"):
        await together([wait(), fail(), wait()])
    assert ended == [True, True]


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        ({"a": [{"b": 1}]}, ("a", 0, "b"), 1),
        ({"a": [1, 2]}, ("a", -1), 2),
        ({"a": [1]}, ("a", 1), None),
        ({"a": {"0": 1}}, ("a", 0), None),
        ("text", ("a",), None),
        (None, (), None),
    ],
)
def test_a_path_that_leads_nowhere_is_nothing(value: Any, path: Any, found: Any) -> None:
    """Whatever the JSON looks like, asking it for a path raises nothing."""
    assert dig(value, *path) == found


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "NaN",
        "sNaN",
        "Infinity",
        "1e9",
        "0" * 41,
        None,
        0.1,
        {},
        "1e-999999999999999999999",
    ],
)
def test_what_is_no_amount_fails_the_check(value: Any) -> None:
    """An amount is a short decimal string of a sensible size."""
    with pytest.raises(Failed, match="X-Cost-USD as a decimal string"):
        dollars(value, "X-Cost-USD")


def test_the_cost_of_an_answer_is_in_its_header() -> None:
    """A plain answer says its cost in X-Cost-USD."""
    assert reply(X_Cost_USD="0.000021").cost == Decimal("0.000021")


def test_the_cost_of_a_stream_is_in_its_last_event() -> None:
    """A stream says its cost in the usage of its last event of JSON."""
    data = b'data: {"a":1}\n\ndata: {"usage":{"cost_usd":"0.5"}}\n\n: note\n\ndata: [DONE]\n\n'
    assert reply(data, **{"Content-Type": "text/event-stream"}).cost == Decimal("0.5")


@pytest.mark.parametrize("text", ["", "-1", "1.5", "soon", "\N{SUPERSCRIPT TWO}", "9" * 20])
def test_a_retry_after_is_whole_seconds(text: str) -> None:
    """Anything else than whole seconds fails the check."""
    assert reply(Retry_After="2").retry_after == 2
    with pytest.raises(Failed, match="Retry-After of whole seconds"):
        _ = reply(Retry_After=text).retry_after


def test_a_summary_names_the_errors_code() -> None:
    """An error is told by its status and code, another answer by its status."""
    assert reply(b'{"error": {"code": "budget_exceeded"}}').summary() == "200 budget_exceeded"
    assert reply(b"[").summary() == "200"


def test_the_text_of_what_is_no_completion_is_empty() -> None:
    """What the model said is a string, or nothing was said."""
    assert reply(b'{"choices": [{"message": {"content": "Yes."}}]}').text == "Yes."
    assert reply(b'{"choices": [{"message": {"content": 5}}]}').text == ""
