"""One connection to Redis a process, one write an event-loop tick, one deadline a command.

redis-py spends about 200 us of CPU on a command under concurrency; here the callers of one tick
share one packed write, and hiredis reads all replies of a packet at once. A Redis that misses
the deadline is left at once: every waiting command fails, the following ones fail without waiting,
and a task in the background comes back as soon as Redis does.

    link = RedisLink("redis://localhost:6379/0", deadline_seconds=0.05)
    await link.start()
    reply = await link.execute_command("GET", "key")
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from typing import TYPE_CHECKING, Any

import hiredis
from redis.asyncio.connection import SSLConnection, UnixDomainSocketConnection, parse_url
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError as RedisConnectionError,
    NoScriptError,
    RedisError,
    ResponseError,
    TimeoutError as RedisTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RECONNECT_SECONDS = 0.2
CONNECT_TIMEOUT_SECONDS = 1.0
PATIENCE = 0.9  # of the deadline; the rest is for a second look and for deciding without Redis
LOOK_AGAIN_SECONDS = 0.002

_ERRORS = {"NOSCRIPT": NoScriptError, "LOADING": BusyLoadingError}


def reply_error(text: str) -> Exception:
    """Turn an error reply into redis-py's exception for it."""
    code, _, rest = text.partition(" ")
    return _ERRORS.get(code, ResponseError)(rest if code in _ERRORS else text)


class _Wire(asyncio.Protocol):
    """The bytes of one connection: packs commands, matches replies to them in order."""

    def __init__(self, deadline_seconds: float, on_lost: Callable[[], None]) -> None:
        self._deadline = deadline_seconds
        self._patience = deadline_seconds * PATIENCE
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(replyError=reply_error)
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._outgoing: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a stream has a Transport

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                self._hand_over(reply)
        except (hiredis.ProtocolError, IndexError):  # not Redis' language, or nobody had asked
            self._fail(RedisConnectionError("what answers there does not answer as Redis does"))

    def _hand_over(self, reply: Any) -> None:
        """Give a reply to the caller that waits longest."""
        _, future = self._waiting.popleft()
        if future.done():
            return  # its caller hung up
        if isinstance(reply, Exception):
            future.set_exception(reply)
        else:
            future.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(RedisConnectionError(f"the connection to Redis is lost ({exc or 'closed'})"))

    def send(self, args: tuple[Any, ...]) -> asyncio.Future[Any]:
        """Queue one command for this tick's write."""
        if self._transport is None:
            raise RedisConnectionError("Redis is not connected")
        packed = hiredis.pack_command(args)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(packed)
        future = self._loop.create_future()
        self._waiting.append((self._loop.time() + self._patience, future))
        if self._timer is None:
            self._timer = self._loop.call_later(self._patience, self._check)
        return future

    def close(self) -> None:
        """Drop the connection and everything that waits on it."""
        self._fail(RedisConnectionError("the connection to Redis was closed"))

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is not None:
            self._transport.write(b"".join(outgoing))

    def _check(self, overdue: asyncio.Future[Any] | None = None) -> None:
        """Leave a Redis whose oldest command is overdue.

        A stall of our own must not look like a dead Redis: an overdue command gets one more look at
        the socket, a moment later, before the connection is given up.
        """
        self._timer = None
        if not self._waiting:
            return
        due, oldest = self._waiting[0]
        if oldest is overdue:
            self._fail(RedisTimeoutError(f"Redis did not answer within {self._deadline:g} s"))
        elif (left := due - self._loop.time()) > 0:
            self._timer = self._loop.call_later(left, self._check)
        else:
            self._timer = self._loop.call_later(LOOK_AGAIN_SECONDS, self._check, oldest)

    def _fail(self, error: Exception) -> None:
        transport, self._transport = self._transport, None
        if transport is None:
            return
        transport.abort()
        waiting, self._waiting = self._waiting, deque()
        for _, future in waiting:
            if not future.done():
                future.set_exception(error)
                future.exception()  # a caller that hung up is no reason for a warning
        self._on_lost()


class RedisLink:
    """A Redis client with one method, as much as scripts and plain commands need."""

    def __init__(self, url: str, *, deadline_seconds: float) -> None:
        self._options: dict[str, Any] = dict(parse_url(url))
        self._deadline = deadline_seconds
        self._wire: _Wire | None = None
        self._returning: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def up(self) -> bool:
        """Whether the connection stands."""
        return self._wire is not None

    async def start(self) -> None:
        """Connect; where Redis is away, return all the same and go on trying."""
        try:
            await self._connect()
        except (OSError, RedisError):
            self._lost()

    async def aclose(self) -> None:
        """Stop trying and close the connection."""
        self._closed = True
        if self._returning is not None:
            self._returning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._returning
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    async def execute_command(self, *args: Any) -> Any:
        """Send one command and return its reply; raises redis-py's exceptions."""
        if self._wire is None:
            raise RedisConnectionError("Redis is away")
        return await self._wire.send(args)

    def _lost(self) -> None:
        self._wire = None
        if not self._closed and (self._returning is None or self._returning.done()):
            self._returning = asyncio.get_running_loop().create_task(self._return())

    async def _return(self) -> None:
        """Try again until Redis answers."""
        while self._wire is None:
            await asyncio.sleep(RECONNECT_SECONDS)
            with contextlib.suppress(OSError, RedisError):
                await self._connect()

    async def _connect(self) -> None:
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            wire = await self._open()
            try:
                for command in self._greeting():
                    await wire.send(command)
            except BaseException:
                wire.close()
                raise
        self._wire = wire

    async def _open(self) -> _Wire:
        loop = asyncio.get_running_loop()

        def build() -> _Wire:
            wire = _Wire(self._deadline, lambda: self._lost() if self._wire is wire else None)
            return wire

        kind = self._options.get("connection_class")
        if kind is UnixDomainSocketConnection:
            _, wire = await loop.create_unix_connection(build, self._options["path"])
            return wire
        context = ssl.create_default_context() if kind is SSLConnection else None
        host, port = self._options.get("host", "localhost"), self._options.get("port", 6379)
        _, wire = await loop.create_connection(build, host, port, ssl=context)
        return wire

    def _greeting(self) -> list[tuple[Any, ...]]:
        """Return what a new connection says first: AUTH, SELECT, and PING to see a live Redis."""
        commands: list[tuple[Any, ...]] = [("PING",)]
        if self._options.get("db"):
            commands.insert(0, ("SELECT", self._options["db"]))
        if self._options.get("password"):
            user = (self._options["username"],) if self._options.get("username") else ()
            commands.insert(0, ("AUTH", *user, self._options["password"]))
        return commands
