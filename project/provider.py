"""The call to the provider: bytes in, bytes out, and every failure translated once.

    ProviderError
    ├── Transient      worth another attempt: 408, 409, 429, 5xx, reset, time-out, broken JSON
    ├── Refused        the provider's final word on this request: 400, 404, 422 and the like
    └── Misconfigured  our key or our account is refused: 401, 403, insufficient_quota

`openai` costs 1.8 ms of CPU a call, aiohttp 0.11 ms; callers may well use `openai` to speak to us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import orjson
from aiohttp.http_exceptions import LineTooLong

from project.patterns.retry import Failure, now_utc, retry_after

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

RETRYABLE = {408, 409, 429}
CONNECT_SECONDS = 5.0
MAX_ANSWER_LINE = 2**20


class ProviderError(Exception):
    """The base of what a call to the provider can end in; `failure` says what it means."""

    failure = Failure(retryable=False, sick=False)


class Transient(ProviderError):
    """It may go better the next time."""

    def __init__(self, reason: str, *, sick: bool, retry_after_seconds: float | None) -> None:
        super().__init__(reason)
        self.failure = Failure(retryable=True, sick=sick, retry_after_seconds=retry_after_seconds)


class Refused(ProviderError):
    """The provider will not serve this request, whoever asks again."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"the provider answered {status}")
        self.status = status
        self.body = body


class Misconfigured(ProviderError):
    """The provider does not accept us; somebody has to act."""


def classify(error: Exception) -> Failure:
    """Tell the retry pattern what an error means."""
    if isinstance(error, ProviderError):
        return error.failure
    if isinstance(error, TimeoutError):
        return Failure(retryable=True)
    return Failure(retryable=False, sick=False)


def error_for(status: int, headers: Mapping[str, str], raw: bytes) -> ProviderError:
    """Translate a status that is not 2xx."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if status in {401, 403} or code == "insufficient_quota":
        return Misconfigured(f"the provider refuses our account ({status}, {code})")
    if status >= 500 or status in RETRYABLE or not isinstance(error, dict):
        wait = retry_after(headers, now_utc())
        sick = status >= 500 or status == 408
        return Transient(f"the provider answered {status}", sick=sick, retry_after_seconds=wait)
    return Refused(status, {"error": error})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: the provider's bytes, and what they say."""

    raw: bytes
    body: dict[str, Any]


class Provider:
    """One pooled client to one OpenAI-compatible endpoint."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session = session
        self._base_url = base_url

    @classmethod
    def connect(cls, base_url: str, *, api_key: str, read_seconds: float) -> Provider:
        """Open a client; must run inside the event loop that will use it."""
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_SECONDS, sock_read=read_seconds
            ),
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            read_bufsize=MAX_ANSWER_LINE,
        )
        return cls(session, base_url)

    async def aclose(self) -> None:
        """Close the pool."""
        await self._session.close()

    async def post(self, path: str, body: bytes, *, headers: Mapping[str, str]) -> Answer:
        """Send a request and return the whole answer; raises a `ProviderError`."""
        try:
            async with self._session.post(
                self._base_url + path, data=body, headers=headers, allow_redirects=False
            ) as answer:
                raw = await answer.read()
                if answer.status != 200:
                    raise error_for(answer.status, answer.headers, raw)
        except aiohttp.ClientError as error:
            raise _broken(error) from None
        return Answer(raw, _object(raw))

    async def open(self, path: str, body: bytes, *, headers: Mapping[str, str]) -> EventStream:
        """Begin a streamed answer and wait for its first event; raises a `ProviderError`."""
        try:
            answer = await self._session.post(
                self._base_url + path, data=body, headers=headers, allow_redirects=False
            )
            if answer.status != 200:
                async with answer:
                    raise error_for(answer.status, answer.headers, await answer.read())
        except aiohttp.ClientError as error:
            raise _broken(error) from None
        return await EventStream(answer).begun()


class EventStream:
    """The events of a streamed answer, one JSON object each."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer
        self._first: dict[str, Any] | None = None

    async def begun(self) -> Self:
        """Wait for the first event, so that a failure before it can still be retried."""
        try:
            self._first = await self._event()
        except BaseException:
            self._answer.close()
            raise
        if self._first is None:
            self._answer.close()
            raise Transient("the stream was empty", sick=True, retry_after_seconds=None)
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._answer.close()

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        event = self._first
        while event is not None:
            yield event
            event = await self._event()

    async def _event(self) -> dict[str, Any] | None:
        """Return the next event, None at `[DONE]`; a stream that just stops is an error."""
        try:
            while line := await self._answer.content.readline():
                if not line.startswith(b"data:"):
                    continue
                data = line[5:].strip()
                return None if data == b"[DONE]" else _object(data)
        except (aiohttp.ClientError, LineTooLong) as error:
            raise _broken(error) from None
        raise Transient("the stream was cut", sick=True, retry_after_seconds=None)


def _object(data: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError:
        event = None
    if not isinstance(event, dict) or event.get("error"):
        raise Transient("the answer is not valid JSON", sick=True, retry_after_seconds=None)
    return event


def _broken(error: Exception) -> Transient:
    """Translate a lost connection; the address in aiohttp's text stays out of our errors."""
    reason = f"the connection to the provider failed ({type(error).__name__})"
    return Transient(reason, sick=True, retry_after_seconds=None)
