"""serve(): parts over real HTTP, and no waiting for what hangs."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.world.outliving import answers
from world.errors import WorldError
from world.server import Facts, serve

if TYPE_CHECKING:
    from starlette.requests import Request


class Greeter:
    """A part with one address."""

    def __init__(self, path: str, words: str) -> None:
        self._path, self._words = path, words

    def routes(self) -> list[Route]:
        """Return the address."""
        return [Route(self._path, self._greet)]

    async def _greet(self, _request: Request) -> Response:
        return PlainTextResponse(self._words)


class Hanger:
    """A part that never answers, and says when it is called and when it is cancelled."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def routes(self) -> list[Route]:
        """Return the address."""
        return [Route("/hang", self._hang)]

    async def _hang(self, _request: Request) -> Response:
        self.events.append("called")
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            self.events.append("cancelled")
            raise
        return PlainTextResponse("")


def get(url: str) -> str:
    """Return what an address answers."""
    return httpx.get(url, trust_env=False).text


def test_parts_share_an_address() -> None:
    """All parts answer under one loopback address inside the block, and nobody after it."""
    with serve([Greeter("/a", "one"), Greeter("/b", "two"), Facts({"seed": 5})]) as url:
        assert url.startswith("http://127.0.0.1:")
        assert (get(f"{url}/a"), get(f"{url}/b")) == ("one", "two")
        assert get(f"{url}/world") == '{"ok":true,"seed":5}'
    assert not answers(url)


def test_a_catch_all_hides_nobody() -> None:
    """An address for any path comes after every other one, wherever its part stands."""
    with serve([Greeter("/v1/{rest:path}", "nothing here"), Greeter("/v1/traces", "trace")]) as url:
        assert get(f"{url}/v1/traces") == "trace"
        assert get(f"{url}/v1/other") == "nothing here"


def test_two_servers_in_one_process() -> None:
    """Each block has a server of its own."""
    with serve([Greeter("/", "one")]) as one, serve([Greeter("/", "two")]) as two:
        assert (get(one), get(two)) == ("one", "two")


def test_a_call_that_hangs_keeps_nobody_waiting() -> None:
    """At the end of the block open calls are cancelled and their connections closed."""
    hanger = Hanger()
    with serve([hanger]) as url:
        host, port = url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), 5)
        connection.sendall(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        while not hanger.events:
            time.sleep(0.001)
        begun = time.perf_counter()
    assert time.perf_counter() - begun < 1
    with connection:
        assert connection.recv(1) == b""
    assert hanger.events == ["called", "cancelled"]


def test_a_port_can_be_chosen_and_used_again() -> None:
    """A chosen port is served at once after its last server left, with connections open."""
    with serve([Greeter("/", "first")]) as url, httpx.Client(trust_env=False) as client:
        assert client.get(url).text == "first"
        port = int(url.rsplit(":", 1)[1])
    with serve([Greeter("/", "second")], port=port) as url:
        assert get(url) == "second"


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    """A number that is no port is an error in one sentence."""
    with pytest.raises(WorldError, match="cannot be used"), serve([], port=port):
        pass


def test_an_error_in_the_block_stops_the_server() -> None:
    """The server is gone also when the block fails."""
    addresses: list[str] = []

    def fail() -> None:
        with serve([]) as url:
            addresses.append(url)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not answers(addresses[0])
