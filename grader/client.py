"""Speak HTTP to a submission and believe nothing: every answer is read as if it were hostile.

An answer that does not come, is endless or is no JSON fails the check that asked, with a sentence;
it never raises anything else, for that would be counted as the grader's own fault.

Each request has a connection of its own, so that both workers get their share.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import orjson

from grader.check import Failed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Mapping

T = TypeVar("T")

ANSWER_SECONDS = 20.0
MAX_ANSWER_BYTES = 4 * 1024 * 1024
MAX_AMOUNT_CHARS = 40
MAX_USD = 1_000_000
_EVENT = b"data:"
# A compressed answer can be a bomb; nobody needs one on loopback.
_HEADERS = {"Accept-Encoding": "identity"}


def dig(value: Any, *path: str | int) -> Any:
    """Return what stands at a path in JSON; None where the path leads nowhere."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def parse(data: bytes) -> Any:
    """Return what a JSON text says; None where it is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def dollars(value: Any, where: str) -> Decimal:
    """Read a decimal string of US dollars; raises `Failed` naming where it was looked for."""
    try:
        short = isinstance(value, str) and len(value) <= MAX_AMOUNT_CHARS
        amount = Decimal(value if short else "NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and abs(amount) < MAX_USD):
        raise Failed(f"{where} as a decimal string, such as 0.000123", f"{str(value)[:40]!r}")
    return amount


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `seconds` from the request to its last byte."""

    status: int
    headers: Mapping[str, str]
    data: bytes = field(repr=False)
    seconds: float

    def header(self, name: str) -> str:
        """Return a header, empty where it is missing."""
        return self.headers.get(name, "")

    def at(self, *path: str | int) -> Any:
        """Return what stands at a path of the JSON body, None where nothing does."""
        return dig(parse(self.data), *path)

    @property
    def text(self) -> str:
        """What the model said, empty where the body is no completion."""
        said = self.at("choices", 0, "message", "content")
        return said if isinstance(said, str) else ""

    @property
    def events(self) -> list[Any]:
        """The JSON of the server-sent events, `[DONE]` and whatever is no JSON left out."""
        lines = (line for line in self.data.splitlines() if line.startswith(_EVENT))
        events = (parse(line.removeprefix(_EVENT)) for line in lines)
        return [event for event in events if event is not None]

    @property
    def cost(self) -> Decimal:
        """What the answer says it cost; `Failed` where it does not say."""
        if self.header("Content-Type").startswith("text/event-stream"):
            return dollars(dig(self.events, -1, "usage", "cost_usd"), "usage.cost_usd")
        return dollars(self.header("X-Cost-USD"), "X-Cost-USD")

    @property
    def retry_after(self) -> int:
        """The whole seconds of Retry-After; `Failed` where there are none."""
        text = self.header("Retry-After")
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise Failed("a Retry-After of whole seconds", f"{text[:40]!r}")
        return int(text)

    def summary(self) -> str:
        """Say in a few words what came."""
        code = self.at("error", "code")
        return f"{self.status}" + (f" {code[:40]}" if isinstance(code, str) else "")


class Client:
    """HTTP to one service."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator[Client]:
        """Open a client for as long as the block."""
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers=_HEADERS,
        ) as session:
            yield cls(session, url)

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str], body: Any = None
    ) -> Reply:
        """Send one request and return the answer; raises `Failed` where there is none."""
        begun = time.perf_counter()
        data = None if body is None else orjson.dumps(body)
        try:
            async with self._session.request(
                method, self._url + path, data=data, headers=headers, allow_redirects=False
            ) as answer:
                raw = await _bounded(answer)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            what = (
                "none within the time" if isinstance(error, TimeoutError) else type(error).__name__
            )
            raise Failed(f"an answer to {method} {path}", what) from None
        return Reply(answer.status, answer.headers, raw, time.perf_counter() - begun)


async def together(requests: list[Awaitable[T]]) -> list[T]:
    """Wait for all at once; the first failure ends the others."""

    async def one(request: Awaitable[T]) -> T:
        return await request

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(request)) for request in requests]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > MAX_ANSWER_BYTES:
            raise ValueError(f"more than {MAX_ANSWER_BYTES} bytes")
    return bytes(data)
