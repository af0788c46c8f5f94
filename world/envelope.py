r"""Parse Sentry's envelope: a header line, then items of one header line and a payload each.

    {"event_id": "...", "dsn": "...", "trace": {...}}\n
    {"type": "event", "length": 41}\n
    {"message": "the payload, of that length"}\n

The parser of sentry-sdk forgives (a payload cut short is just shorter). This one judges what
an SDK sent, so it names the first thing that is wrong.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from world.body import Malformed, parse_object


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an envelope carries."""

    type: str
    headers: dict[str, Any]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What one request to the ingest carries."""

    headers: dict[str, Any]
    items: tuple[Item, ...]


def parse_envelope(data: bytes) -> Envelope:
    """Parse a whole envelope; raise Malformed with the place and the fault."""
    stream = io.BytesIO(data)
    headers = parse_object(stream.readline(), "the envelope's header")
    items: list[Item] = []
    while line := stream.readline():
        if line.strip():  # blank lines may follow the last item
            items.append(_read_item(line, stream, f"item {len(items) + 1}"))
    return Envelope(headers, tuple(items))


def _read_item(line: bytes, stream: io.BytesIO, name: str) -> Item:
    headers = parse_object(line, f"the header of {name}")
    kind = headers.get("type")
    if not isinstance(kind, str) or not kind:
        raise Malformed(f"{name} has no type")
    return Item(kind, headers, _read_payload(stream, headers.get("length"), f"{name} ({kind})"))


def _read_payload(stream: io.BytesIO, length: object, name: str) -> bytes:
    if length is None:
        return stream.readline().removesuffix(b"\n")
    if not isinstance(length, int) or isinstance(length, bool) or length < 0:
        raise Malformed(f"the length of {name} must be a number of bytes")
    payload = stream.read(length)
    if len(payload) < length:
        raise Malformed(f"{name} is cut short: {len(payload)} of {length} bytes")
    if stream.readline().strip():
        raise Malformed(f"{name} is longer than its length, {length}, says")
    return payload
