"""Serve parts of the world over HTTP on a free loopback port, all under one address.

    with serve([Provider(key="sk-local", workload=None), SentryIngest()]) as url:
        httpx.get(f"{url}/ledger")

A part is anything with routes. The server runs in a thread and is gone when the block ends,
whatever calls still hang in it: a stand-in never keeps its owner waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from world.errors import WorldError
from world.http import ResettableProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from starlette.requests import Request

HOST = "127.0.0.1"
BACKLOG = 2048
_START_SECONDS = 10.0


class Part(Protocol):
    """What can be served: the provider, an ingest, the page."""

    def routes(self) -> list[Route]:
        """Return the addresses of this part."""


class Facts:
    """`GET /world`: whether it is up, and with what it was started."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = {"ok": True, **facts}

    def routes(self) -> list[Route]:
        """Return the one address."""
        return [Route("/world", self._get, methods=["GET"])]

    async def _get(self, _request: Request) -> JSONResponse:
        return JSONResponse(self._facts)


def compose(parts: Iterable[Part]) -> Starlette:
    """Return one application of all parts.

    Addresses that take any path come last, so that one part's "nothing here" (the provider's
    /v1/...) does not hide another part's address (the ingest's /v1/traces).
    """
    routes = [route for part in parts for route in part.routes()]
    routes.sort(key=lambda route: ":path}" in route.path)
    return Starlette(routes=routes)


@contextlib.contextmanager
def serve(parts: Sequence[Part], *, port: int = 0) -> Iterator[str]:
    """Serve the parts in a thread and yield their address, http://127.0.0.1:PORT."""
    with _listen(port) as listener:
        server = _Server(_config(compose(parts)))
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="world-server", daemon=True
        )
        thread.start()
        try:
            if not server.ready.wait(_START_SECONDS):
                raise WorldError("the world's HTTP server did not start")
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.leave()
            thread.join()


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=ResettableProtocol,
        ws="none",
        loop="auto",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=75,
    )


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    # A port that was just left is free again; one that is in use stays refused.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise WorldError(f"port {port} cannot be used: {reason}") from None
    return listener


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready and leaves at once: its own way takes 0.1 s and waits."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def leave(self) -> None:
        """End the server from another thread."""
        if self._loop:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it has left already
                self._loop.call_soon_threadsafe(self._leaving.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell the thread that waits."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        """Serve until the owner leaves the block."""
        await self._leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection; asyncio then cancels the calls that still hang."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for listener in sockets or []:
            listener.close()
