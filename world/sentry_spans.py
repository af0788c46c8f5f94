"""Read Sentry's two span formats as the world's one.

A transaction is an event whose "contexts.trace" is the root span and whose "spans" are its
children; newer parts of the SDK send each span by itself (format 2). Both come from a
program under test, so nothing here trusts their shape: what is missing or wrong is empty.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from world.spans import Kind, Span, Status


def dig(value: object, *names: str) -> Any:
    """Follow `names` down nested objects; None where one is missing or no object."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def text(value: object) -> str:
    """Return a string as it is, None as an empty one, anything else as Python shows it."""
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def trace_id_of(event: dict[str, Any]) -> str:
    """Return the id of the trace that an event belongs to, or an empty string."""
    return text(dig(event, "contexts", "trace", "trace_id"))


def unix_seconds(value: object) -> float:
    """Read a timestamp, a number or ISO 8601 text, as unix seconds; 0 if it is neither."""
    try:
        if isinstance(value, int | float):
            return float(value)
        moment = datetime.fromisoformat(text(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def spans_of_transaction(event: dict[str, Any]) -> list[Span]:
    """Return the root span of a transaction, then its children."""
    root = {
        **_object(dig(event, "contexts", "trace")),
        "description": event.get("transaction"),
        "start_timestamp": event.get("start_timestamp"),
        "timestamp": event.get("timestamp"),
    }
    children = event.get("spans")
    spans = [root, *(children if isinstance(children, list) else [])]
    return [span_of_item(_as_item(span, root)) for span in spans if isinstance(span, dict)]


def span_of_item(item: dict[str, Any]) -> Span:
    """Read one span of format 2, its attributes already flattened."""
    attributes = _object(item.get("attributes"))
    start, end = unix_seconds(item.get("start_timestamp")), unix_seconds(item.get("end_timestamp"))
    return Span(
        name=text(item.get("name")) or "(unnamed)",
        trace_id=text(item.get("trace_id")),
        span_id=text(item.get("span_id")),
        parent_id=text(item.get("parent_span_id")) or None,
        kind=_kind(text(attributes.get("sentry.op"))),
        start=start,
        end=max(start, end),
        duration_ms=round(max(0.0, end - start) * 1000, 6),
        service=text(attributes.get("service.name")) or "sentry-sdk",
        status=_status(text(item.get("status"))),
        attributes=attributes,
    )


def _as_item(span: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Spell a span of a transaction as a span of format 2."""
    operation = {"sentry.op": span["op"]} if span.get("op") else {}
    return {
        "name": span.get("description") or span.get("op"),
        "trace_id": span.get("trace_id") or root.get("trace_id"),
        "span_id": span.get("span_id"),
        "parent_span_id": span.get("parent_span_id"),
        "start_timestamp": span.get("start_timestamp"),
        "end_timestamp": span.get("timestamp"),
        "status": span.get("status"),
        "attributes": {**operation, **_object(span.get("tags")), **_object(span.get("data"))},
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _kind(operation: str) -> Kind:
    if operation.endswith(".server"):
        return "server"
    called = operation.endswith(".client") or operation.startswith("gen_ai")
    return "client" if called else "internal"


def _status(word: str) -> Status:
    if word in {"", "unknown"}:
        return "unset"
    return "ok" if word == "ok" else "error"
