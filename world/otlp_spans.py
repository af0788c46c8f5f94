"""Read OTLP's protobuf spans as the world's spans. Pure: a message in, records out."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from world.spans import Kind, Span, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.trace.v1 import trace_pb2 as pb

_NANOSECONDS = 1_000_000_000
# The words stand in the order of the numbers that the protocol gives them.
_KINDS: tuple[Kind, ...] = get_args(Kind)
_STATUSES: tuple[Status, ...] = get_args(Status)

W = TypeVar("W")


def read_spans(request: ExportTraceServiceRequest) -> Iterator[tuple[Span, int]]:
    """Yield every span of an export and its size in bytes."""
    for part in request.resource_spans:
        service = str(read_attributes(part.resource.attributes).get("service.name") or "unknown")
        for scope in part.scope_spans:
            for span in scope.spans:
                yield _read_span(span, service, scope.scope.name), span.ByteSize()


def has_valid_ids(span: Span) -> bool:
    """Tell whether both ids have their full length and are not all zero."""
    return (
        len(span.trace_id) == 32
        and len(span.span_id) == 16
        and bool(span.trace_id.strip("0"))
        and bool(span.span_id.strip("0"))
    )


def read_attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Return attributes as a plain dictionary that JSON can hold."""
    return {pair.key: read_value(pair.value) for pair in pairs}


def read_value(value: AnyValue) -> Any:
    """Return a value as plain JSON: bytes in base64, numbers that JSON lacks as text."""
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [read_value(member) for member in value.array_value.values]
        case "kvlist_value":
            return read_attributes(value.kvlist_value.values)
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode("ascii")
        case "double_value" if not math.isfinite(value.double_value):
            return str(value.double_value)
        case str(name):
            return getattr(value, name)


def _read_span(span: pb.Span, service: str, scope: str) -> Span:
    return Span(
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        kind=_word(_KINDS, span.kind),
        start=span.start_time_unix_nano / _NANOSECONDS,
        end=span.end_time_unix_nano / _NANOSECONDS,
        duration_ms=(span.end_time_unix_nano - span.start_time_unix_nano) / 1_000_000,
        service=service,
        status=_word(_STATUSES, span.status.code),
        status_message=span.status.message,
        scope=scope,
        attributes=read_attributes(span.attributes),
        events=[_read_event(event) for event in span.events],
        links=[{"trace_id": lk.trace_id.hex(), "span_id": lk.span_id.hex()} for lk in span.links],
    )


def _read_event(event: pb.Span.Event) -> dict[str, Any]:
    return {
        "name": event.name,
        "at": event.time_unix_nano / _NANOSECONDS,
        "attributes": read_attributes(event.attributes),
    }


def _word(words: tuple[W, ...], number: int) -> W:
    """Return the word of a number, the first one for numbers of a later protocol."""
    return words[number] if 0 <= number < len(words) else words[0]
