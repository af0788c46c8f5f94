"""Be Sentry for the unmodified sentry-sdk: take its envelopes, and show what they carried.

    SENTRY_DSN=http://public@127.0.0.1:PORT/1

The SDK sends to `POST /api/1/envelope/`. What came is read back as JSON: errors at
`/sentry/events`, logs at `/sentry/logs`, everything else by type at `/sentry/items`, and
the raw bytes, for tests that look for a leaked secret, at `/sentry/raw`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import Route

from world.body import Malformed, Refused, json_answer, parse_object, read_body
from world.envelope import Envelope, Item, parse_envelope
from world.kept import Kept, read_back
from world.sentry_spans import span_of_item, spans_of_transaction

if TYPE_CHECKING:
    from starlette.requests import Request

    from world.spans import Span

# Items that are one JSON object each.
_SINGLE = ("transaction", "check_in", "session", "sessions", "client_report", "profile",
           "profile_chunk", "feedback")  # fmt: skip
# Items that hold many: {"items": [...]}.
_BATCHED = ("log", "span", "trace_metric")
_OTHERS = "other"
_AUTH_KEY = re.compile(r"\bsentry_key=[^,\s]+")


class NoPublicKey(Refused):
    """Neither the request nor the envelope says whose project this is."""

    status = 403

    def __init__(self) -> None:
        super().__init__("no public key: send X-Sentry-Auth or a dsn in the envelope's header")


@dataclass(frozen=True, slots=True)
class _Record:
    """One thing to keep, and the list that it belongs to."""

    type: str
    value: dict[str, Any]
    size_bytes: int


class SentryIngest:
    """Take envelopes and keep what is in them, by type."""

    def __init__(self) -> None:
        self.raw: Kept[bytes] = Kept()
        self.by_type: dict[str, Kept[dict[str, Any]]] = {
            name: Kept() for name in ("event", *_BATCHED, *_SINGLE, _OTHERS)
        }

    @property
    def events(self) -> Kept[dict[str, Any]]:
        """The error events."""
        return self.by_type["event"]

    @property
    def logs(self) -> Kept[dict[str, Any]]:
        """The log entries, one record each."""
        return self.by_type["log"]

    def routes(self) -> list[Route]:
        """Return the ingest address and the read-back addresses."""
        return [
            Route("/api/{project}/envelope/", self._receive, methods=["POST"]),
            read_back("/sentry/events", self.events, _as_it_is),
            read_back("/sentry/logs", self.logs, _as_it_is),
            read_back("/sentry/raw", self.raw, _base64),
            Route("/sentry/items", self._items, methods=["GET", "DELETE"]),
        ]

    def spans(self) -> list[Span]:
        """Return the spans that came as transactions or as span items, oldest first."""
        whole = [s for t in self.by_type["transaction"].all() for s in spans_of_transaction(t)]
        return whole + [span_of_item(item) for item in self.by_type["span"].all()]

    async def _receive(self, request: Request) -> Response:
        try:
            body = await read_body(request)
            self.raw.add(body, len(body))  # also the bytes of a broken one have left the program
            envelope = parse_envelope(body)
            _require_public_key(request, envelope)
            records = [r for item in envelope.items for r in _records(item, envelope)]
        except Refused as refusal:
            return json_answer({"detail": refusal.reason, "causes": []}, refusal.status)
        for record in records:
            self.by_type[record.type].add(record.value, record.size_bytes)
        return json_answer({"id": envelope.headers.get("event_id")})

    async def _items(self, request: Request) -> Response:
        """Offer every type that has no address of its own; an empty list where none came."""
        others = {n: kept for n, kept in self.by_type.items() if n not in {"event", "log"}}
        if request.method == "DELETE":
            for kept in others.values():
                kept.clear()
            return Response(status_code=204)
        return json_answer({name: kept.all() for name, kept in others.items()})


def public_key(auth_header: str, envelope: Envelope) -> bool:
    """Tell whether the header or the envelope's DSN names a public key."""
    if _AUTH_KEY.search(auth_header):
        return True
    dsn = envelope.headers.get("dsn")
    try:
        return bool(isinstance(dsn, str) and urlsplit(dsn).username)
    except ValueError:
        return False


def flatten_attributes(entry: dict[str, Any]) -> dict[str, Any]:
    """Turn `{"a": {"value": 1, "type": "integer"}}` under "attributes" into `{"a": 1}`."""
    attributes = entry.get("attributes")
    if not isinstance(attributes, dict):
        return {**entry, "attributes": {}}
    flat = {
        name: typed["value"] if isinstance(typed, dict) and "value" in typed else typed
        for name, typed in attributes.items()
    }
    return {**entry, "attributes": flat}


def _require_public_key(request: Request, envelope: Envelope) -> None:
    auth = request.headers.get("x-sentry-auth", "")
    if not public_key(auth, envelope) and not request.query_params.get("sentry_key"):
        raise NoPublicKey


def _records(item: Item, envelope: Envelope) -> list[_Record]:
    """Turn an item into what is kept of it; raise Malformed where it is not what it says."""
    if item.type in _BATCHED:
        return _batch(item)
    if item.type == "event":
        event = parse_object(item.payload, "the event")
        return [_Record("event", {**event, "_envelope": envelope.headers}, len(item.payload))]
    if item.type in _SINGLE:
        value = parse_object(item.payload, f"the {item.type}")
        return [_Record(item.type, value, len(item.payload))]
    # Attachments and types of tomorrow may be anything: their bytes are kept as they are.
    opaque = {"headers": item.headers, "payload_base64": _base64(item.payload)}
    return [_Record(_OTHERS, opaque, len(item.payload))]


def _batch(item: Item) -> list[_Record]:
    entries = parse_object(item.payload, f"the {item.type} item").get("items")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Malformed(f"the {item.type} item must hold a list of objects under 'items'")
    share = len(item.payload) // max(len(entries), 1)
    return [_Record(item.type, flatten_attributes(entry), share) for entry in entries]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _as_it_is(record: dict[str, Any]) -> dict[str, Any]:
    return record
