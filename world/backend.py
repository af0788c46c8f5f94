"""One call to the provider, from its arrival to its line in the ledger.

Top to bottom: read it, check its key, understand it (400, 401, 404), meet a fault, take a place in
the quota (429), wait as long as a model would think, deliver, write the ledger. So a fault rule
counts only calls that would have been answered, and a call that a fault takes leaves its place in
the quota to others.
"""

from __future__ import annotations

import hmac
import re
import time
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from world.capacity import Admission, Quota, duration, pace_of
from world.delivery import Delivered, send_plain, send_stream
from world.faults import Capacity, Faults
from world.http import JSON_TYPE, CallerLeft, Exchange
from world.ledger import Call, Ledger
from world.openai_errors import ApiError, bad_json, failure, no_key, rate_limited, wrong_key
from world.reply import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from world.faults import Rule
    from world.http import Headers
    from world.ledger import Outcome
    from world.reply import Reply

# A caller's request id is kept up to here.
MOST_HEADER = 128
# Tokens are never limited here; the headers state a plan that nobody reaches.
_PLAN: list[tuple[bytes, bytes]] = [
    (b"openai-version", b"2020-10-01"),
    (b"x-ratelimit-limit-tokens", b"30000000"),
    (b"x-ratelimit-remaining-tokens", b"30000000"),
    (b"x-ratelimit-reset-tokens", b"0s"),
]
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Visit(NamedTuple):
    """One call: its number, its arrival (Unix time), and its start on the running clock."""

    number: int
    at: float
    begun: float


class Ending(NamedTuple):
    """How a call ended and what is billed for it."""

    outcome: Outcome
    tokens_in: int = 0
    tokens_out: int = 0


class Backend:
    """What all calls share: the key, the quota, the faults, the ledger."""

    def __init__(self, *, key: str, seed: int, clock: Callable[[], float]) -> None:
        self._credentials = b"Bearer " + key.encode()
        self._seed = seed
        self._clock = clock
        self._numbers = count(1)
        # Calls that are not in the ledger yet, and those of them that the capacity works on.
        self.open = 0
        self._working = 0
        self.ledger = Ledger()
        self.set_faults([])
        self.set_capacity(Capacity())

    def set_faults(self, rules: Sequence[Rule]) -> None:
        """Replace all fault rules; their time begins now."""
        self.faults = Faults(rules, since=self._clock())

    def set_capacity(self, capacity: Capacity) -> None:
        """Replace the capacity; the quota's window begins empty."""
        self.capacity = capacity
        self._quota = Quota(capacity.quota_per_second)

    async def look_up(self, web: Exchange, found: Callable[[], dict[str, Any]]) -> None:
        """Answer a question about the provider itself: no fault, no quota, no ledger."""
        visit = self._visit()
        try:
            self._authorize(web)
            body = orjson.dumps(found())
        except ApiError as error:
            await self._refuse(web, visit, error, "invalid")
        else:
            await web.reply(200, [*self._headers(visit), JSON_TYPE], body)

    async def serve(self, web: Exchange, read: Callable[[dict[str, Any]], Reply]) -> None:
        """Answer one call and enter it in the ledger."""
        self.open += 1
        try:
            await self._serve(web, read)
        finally:
            self.open -= 1
        await web.gone()

    async def _serve(self, web: Exchange, read: Callable[[dict[str, Any]], Reply]) -> None:
        visit = self._visit()
        body: dict[str, Any] = {}
        try:
            raw = await web.body()
            self._authorize(web)
            body = _json_object(raw)
            ending = await self._answer(web, visit, read(body))
        except ApiError as error:
            ending = await self._refuse(web, visit, error, "invalid")
        except CallerLeft:
            ending = Ending("client_gone")
        self._enter(web, visit, body, ending)

    async def _answer(self, web: Exchange, visit: Visit, reply: Reply) -> Ending:
        now = self._clock()
        rule = self.faults.meet(now=now, model=reply.model)
        if rule is not None and rule.kind in ("status", "reset", "hang"):
            return await self._fail(web, visit, rule)
        admission = self._quota.admit(now)
        if admission.wait_seconds:
            wait = admission.wait_seconds
            error = rate_limited(reply.model, limit=admission.limit, wait_seconds=wait)
            return await self._refuse(web, visit, error, "rate_limited")
        self._working += 1
        try:
            return await self._work(web, visit, reply, rule)
        finally:
            self._working -= 1

    async def _fail(self, web: Exchange, visit: Visit, rule: Rule) -> Ending:
        if rule.kind == "reset":
            web.reset()
            return Ending("reset")
        if rule.kind == "hang":
            if not await web.left_within(rule.seconds):
                web.close()
            return Ending("hang")
        error = failure(rule.status, code=rule.code, retry_after=rule.retry_after)
        outcome: Outcome = "rate_limited" if rule.status == 429 else "status"
        return await self._refuse(web, visit, error, outcome)

    async def _work(self, web: Exchange, visit: Visit, reply: Reply, rule: Rule | None) -> Ending:
        pace = pace_of(self.capacity, self._working, seed=self._seed, number=visit.number)
        wait = pace.first_seconds + (rule.late_seconds if rule else 0.0)
        if not reply.streamed:
            wait += pace.token_seconds * reply.tokens_out
        if await web.left_within(wait):
            return _billed(reply, Delivered("client_gone"))
        stamp = Stamp(visit.number, int(visit.at))
        kind = rule.kind if rule else None
        if reply.streamed:
            events, pause = reply.events(stamp), pace.token_seconds
            return _billed(reply, await send_stream(web, self._headers(visit), events, pause, kind))
        body = await reply.body(stamp)
        return _billed(reply, await send_plain(web, self._headers(visit), body, kind))

    async def _refuse(
        self, web: Exchange, visit: Visit, error: ApiError, outcome: Outcome
    ) -> Ending:
        headers = [*self._headers(visit, error), *error.headers(), JSON_TYPE]
        await web.reply(error.status, headers, error.body())
        return Ending(outcome)

    def _visit(self) -> Visit:
        return Visit(next(self._numbers), self._clock(), time.perf_counter())

    def _authorize(self, web: Exchange) -> None:
        given = web.headers.get(b"authorization")
        if not given:
            raise no_key()
        if not hmac.compare_digest(given, self._credentials):
            raise wrong_key()

    def _headers(self, visit: Visit, error: ApiError | None = None) -> Headers:
        state = self._quota.state(self._clock())
        if error is not None and error.status == 429:
            state = Admission(state.limit, 0, error.retry_after or 1.0)
        took = (time.perf_counter() - visit.begun) * 1_000
        return [
            (b"x-request-id", self._request_id(visit).encode()),
            (b"openai-processing-ms", b"%d" % took),
            (b"x-ratelimit-limit-requests", b"%d" % state.limit),
            (b"x-ratelimit-remaining-requests", b"%d" % state.remaining),
            (b"x-ratelimit-reset-requests", duration(state.reset_seconds).encode()),
            *_PLAN,
        ]

    def _request_id(self, visit: Visit) -> str:
        return f"req_{self._seed & 0xFFFFFFFF:08x}{visit.number:024x}"

    def _enter(self, web: Exchange, visit: Visit, body: dict[str, Any], ending: Ending) -> None:
        model = body.get("model")
        self.ledger.add(
            Call(
                at=visit.at,
                path=web.path,
                model=model if isinstance(model, str) else None,
                tokens_in=ending.tokens_in,
                tokens_out=ending.tokens_out,
                outcome=ending.outcome,
                status=web.status,
                trace_id=_trace_id(web.headers.get(b"traceparent", b"")),
                attempt_of=_text(web.headers.get(b"x-request-id")),
                request_id=self._request_id(visit),
                stream=body.get("stream") is True,
                seconds=time.perf_counter() - visit.begun,
            )
        )


def _billed(reply: Reply, done: Delivered) -> Ending:
    if done.outcome == "ok":
        return Ending("ok", reply.tokens_in, reply.tokens_out)
    if reply.streamed and done.outcome in ("cut", "client_gone"):
        return Ending(done.outcome, reply.tokens_in, done.tokens)
    return Ending(done.outcome)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad_json() from None
    if not isinstance(body, dict):
        raise bad_json()
    return body


def _trace_id(traceparent: bytes) -> str | None:
    match = _TRACEPARENT.match(traceparent)
    return match[1].decode() if match else None


def _text(header: bytes | None) -> str | None:
    return None if header is None else header[:MOST_HEADER].decode("latin-1")
