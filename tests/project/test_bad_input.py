"""Whatever a caller sends: a clear error in OpenAI's body, never a 500, and memory stays flat."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.project.running import KEYS, Api, api, place

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES: list[Any] = [{"role": "user", "content": "hello"}]
GOOD: dict[str, Any] = {"model": "gpt-4o-mini", "messages": MESSAGES}


@pytest.fixture(scope="module")
def running() -> Iterator[Api]:
    """One API for this file."""
    with place() as somewhere, api(somewhere) as started:
        yield started


def post(running: Api, body: bytes, path: str = "/v1/chat/completions") -> tuple[int, Any]:
    """Send bytes and return status and JSON."""
    headers = {"Authorization": f"Bearer {KEYS['pro']}", "Content-Type": "application/json"}
    reply = running.http.post(path, content=body, headers=headers)
    return reply.status_code, reply.json()


BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "broken-json": (b'{"model": "gpt-4o-mini", ', 400),
    "not-an-object": (b"[1, 2, 3]", 400),
    "nan": (b'{"model": "gpt-4o-mini", "messages": [], "temperature": NaN}', 400),
    "deep-arrays": (b"[" * 20_000 + b"]" * 20_000, 400),
    "deep-value": (b'{"model": "m", "messages": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
    "invalid-utf-8": (b'{"model": "gpt-4o-mini\xff", "messages": []}', 400),
    "lone-surrogate": (b'{"model": "\\ud800", "messages": []}', 400),
    "no-messages": (json.dumps({"model": "gpt-4o-mini"}).encode(), 400),
    "messages-not-a-list": (json.dumps({**GOOD, "messages": "hello"}).encode(), 400),
    "message-not-an-object": (json.dumps({**GOOD, "messages": [7]}).encode(), 400),
    "role-not-a-text": (
        json.dumps({**GOOD, "messages": [{"role": [], "content": "x"}]}).encode(),
        400,
    ),
    "content-a-number": (
        json.dumps({**GOOD, "messages": [{"role": "user", "content": 7}]}).encode(),
        400,
    ),
    "n-too-large": (json.dumps({**GOOD, "n": 100_000}).encode(), 400),
    "n-a-flag": (json.dumps({**GOOD, "n": True}).encode(), 400),
    "max-tokens-negative": (json.dumps({**GOOD, "max_tokens": -1}).encode(), 400),
    "max-tokens-huge": (json.dumps({**GOOD, "max_tokens": 10**30}).encode(), 400),
    "stream-not-a-flag": (json.dumps({**GOOD, "stream": "yes"}).encode(), 400),
    "model-unknown": (json.dumps({**GOOD, "model": "gpt-99"}).encode(), 404),
    "model-a-number": (json.dumps({**GOOD, "model": 4}).encode(), 400),
    "forty-megabytes": (b'{"x": "' + b"x" * 40_000_000 + b'"}', 413),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_is_named(running: Api, body: bytes, status: int) -> None:
    """A body that is no request gets its status and OpenAI's error object."""
    got, answer = post(running, body)
    assert got == status
    assert set(answer["error"]) == {"message", "type", "code", "param"}


@pytest.mark.parametrize(
    "header", [None, "Bearer nobody", "Basic key-pro", "Bearer", "Bearer \xff"]
)
def test_a_bad_key_is_refused(running: Api, header: str | None) -> None:
    """No key, a wrong one, or one in another scheme: 401, and it is not repeated in the answer."""
    headers = {"Authorization": header.encode("latin-1")} if header else {}
    reply = running.http.post("/v1/chat/completions", json=GOOD, headers=headers)  # type: ignore[arg-type]  # bytes are legal
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "invalid_api_key"
    assert "nobody" not in reply.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/chat/completions", 405), ("PUT", "/livez", 405)],
)
def test_a_wrong_address_has_the_same_body(
    running: Api, method: str, path: str, status: int
) -> None:
    """What the framework refuses looks like everything else."""
    reply = running.http.request(method, path)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]


@pytest.mark.parametrize(
    "name",
    ["traceparent", "X-Request-Id", "Cache-Control", "X-Prompt-Version", "Accept"],
)
def test_hostile_headers_are_harmless(running: Api, name: str) -> None:
    """A header full of rubbish never breaks an answer, and is not sent back."""
    rubbish = "%00<script>" + "x" * 2000
    headers = {"Authorization": f"Bearer {KEYS['pro']}", name: rubbish}
    reply = running.http.post("/v1/chat/completions", content=json.dumps(GOOD), headers=headers)
    assert reply.status_code in {200, 400}
    assert rubbish not in str(reply.headers)


def test_an_unfinished_body_leaves_others_alone(running: Api) -> None:
    """A caller that stops in the middle of its body holds nobody else up."""
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        )
        assert running.ask("hello").status_code == 200


def test_a_chunked_body_is_bounded(running: Api) -> None:
    """A body that does not say its length is cut off at the same bound."""
    pieces = (b"x" * 65_536 for _ in range(100))
    headers = {"Authorization": f"Bearer {KEYS['pro']}"}
    reply = running.http.post("/v1/chat/completions", content=pieces, headers=headers)
    assert reply.status_code == 413


def test_large_bodies_leave_memory_flat(running: Api) -> None:
    """Ten bodies of 40 MB do not grow the worker by one of them."""
    process = psutil.Process(running.process.pid)
    post(running, BODIES["forty-megabytes"][0])
    before = process.memory_info().rss
    for _ in range(10):
        post(running, BODIES["forty-megabytes"][0])
    assert process.memory_info().rss - before < 20_000_000
