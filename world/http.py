"""The wire under the provider: raw ASGI without a Request object, and connections that can break.

ASGI has no word for "reset the connection". ResettableProtocol is uvicorn's own protocol, which
also hands its transport to the application:

    uvicorn.Config(app, loop="uvloop", http=world.http.ResettableProtocol)
"""

from __future__ import annotations

import asyncio
import math
import socket
import struct
import time
from typing import TYPE_CHECKING, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from world.openai_errors import too_large

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TRANSPORT = "world.transport"
MAX_BODY_BYTES = 16 * 1024 * 1024
JSON_TYPE = (b"content-type", b"application/json")
EVENT_STREAM_TYPE = (b"content-type", b"text/event-stream; charset=utf-8")
# On, zero seconds: closing then sends RST instead of FIN.
_NO_LINGER = struct.pack("ii", 1, 0)

Headers = list[tuple[bytes, bytes]]


class CallerLeft(Exception):
    """The caller closed its connection before the request was complete."""


class ResettableProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol with its transport in `scope["extensions"]`."""

    def on_message_begin(self) -> None:
        """Begin a request and attach the transport to it."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {TRANSPORT: self.transport}}


class Exchange:
    """One HTTP request and its answer."""

    __slots__ = ("_receive", "_scope", "_send", "broken", "headers", "method", "path", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.status: int | None = None
        self.broken = False

    async def body(self) -> bytes:
        """Return the request's body; CallerLeft if it ends early, ApiError 413 if it is huge."""
        body = bytearray()
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise CallerLeft
            body += message.get("body", b"")
            if len(body) > MAX_BODY_BYTES:
                raise too_large(MAX_BODY_BYTES)
            more = message.get("more_body", False)
        return bytes(body)

    async def reply(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole answer."""
        await self.start(status, [*headers, (b"content-length", b"%d" % len(body))])
        await self.write(body, more=False)

    async def start(self, status: int, headers: Headers) -> None:
        """Send the status line and the headers."""
        self.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, body: bytes, *, more: bool) -> None:
        """Send a part of the body; without `more`, the last part."""
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def left_within(self, seconds: float | None) -> bool:
        """Wait `seconds` (None: for ever); return early, and True, only if the caller leaves."""
        until = math.inf if seconds is None else time.perf_counter() + seconds
        # An event loop's timers may be a millisecond early; the wait never is.
        while (left := until - time.perf_counter()) > 0:
            try:
                async with asyncio.timeout(None if seconds is None else left):
                    while (await self._receive())["type"] != "http.disconnect":
                        pass
            except TimeoutError:
                continue
            return True
        return False

    def close(self) -> None:
        """Send what is written and close the connection, however incomplete the answer is."""
        self._transport().close()

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        transport = self._transport()
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()

    async def gone(self) -> None:
        """Return when a connection that was broken on purpose is gone, at once for any other.

        Who answers nothing must not return before: uvicorn would take it for a crash.
        """
        if self.broken:
            await self.left_within(None)

    def _transport(self) -> asyncio.Transport:
        self.broken = True
        try:
            return cast("asyncio.Transport", self._scope["extensions"][TRANSPORT][TRANSPORT])
        except KeyError:
            raise RuntimeError(
                "this fault breaks connections: serve with http=world.http.ResettableProtocol"
            ) from None
