"""Be an OpenTelemetry collector for the unmodified OTLP/HTTP exporters.

    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:PORT

Traces come to `POST /v1/traces` (or to the address under `/api` that Sentry's OTLPIntegration
derives from a DSN), in protobuf or JSON, plain or compressed, and are read back as JSON at
`/otlp/spans`. Metrics and logs are accepted and counted (`/otlp/counts`).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs_pb
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace_pb
from starlette.responses import Response
from starlette.routing import Route

from world.body import Malformed, Refused, UnknownEncoding, json_answer, parse_object, read_body
from world.kept import Kept, read_back
from world.otlp_spans import has_valid_ids, read_spans
from world.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message
    from starlette.requests import Request

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
# google.rpc.Code.INVALID_ARGUMENT, for the Status message of a refusal.
_INVALID_ARGUMENT = 3
# The fields that OTLP's JSON writes in hex where protobuf's own JSON writes base64.
_HEX_FIELDS = frozenset({"traceId", "spanId", "parentSpanId"})


class OtlpIngest:
    """Take exports and keep the spans."""

    def __init__(self) -> None:
        self.spans: Kept[Span] = Kept()
        self.counts = {"spans": 0, "rejected_spans": 0, "metrics": 0, "logs": 0}

    def routes(self) -> list[Route]:
        """Return the ingest addresses and the read-back addresses."""
        traces = _endpoint(trace_pb.ExportTraceServiceRequest, self._take_traces)
        return [
            Route("/v1/traces", traces, methods=["POST"]),
            Route("/api/{project}/integration/otlp/v1/traces/", traces, methods=["POST"]),
            Route(
                "/v1/metrics",
                _endpoint(metrics_pb.ExportMetricsServiceRequest, self._take_metrics),
                methods=["POST"],
            ),
            Route(
                "/v1/logs",
                _endpoint(logs_pb.ExportLogsServiceRequest, self._take_logs),
                methods=["POST"],
            ),
            Route("/otlp/counts", self._counts, methods=["GET", "DELETE"]),
            read_back("/otlp/spans", self.spans, Span.to_json),
        ]

    def _take_traces(self, request: trace_pb.ExportTraceServiceRequest) -> Message:
        answer = trace_pb.ExportTraceServiceResponse()
        for span, size_bytes in read_spans(request):
            if not has_valid_ids(span):
                answer.partial_success.rejected_spans += 1
                answer.partial_success.error_message = f"span {span.name!r}: bad trace or span id"
                continue
            self.spans.add(span, size_bytes)
            self.counts["spans"] += 1
        self.counts["rejected_spans"] += answer.partial_success.rejected_spans
        return answer

    def _take_metrics(self, request: metrics_pb.ExportMetricsServiceRequest) -> Message:
        self.counts["metrics"] += sum(
            len(scope.metrics) for part in request.resource_metrics for scope in part.scope_metrics
        )
        return metrics_pb.ExportMetricsServiceResponse()

    def _take_logs(self, request: logs_pb.ExportLogsServiceRequest) -> Message:
        self.counts["logs"] += sum(
            len(scope.log_records) for part in request.resource_logs for scope in part.scope_logs
        )
        return logs_pb.ExportLogsServiceResponse()

    async def _counts(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.counts = dict.fromkeys(self.counts, 0)
            return Response(status_code=204)
        return json_answer(self.counts)


def decode(body: bytes, content_type: str, message: Message) -> None:
    """Fill `message` from a body in protobuf or in OTLP's JSON; raise Malformed if it is not."""
    try:
        if content_type == PROTOBUF:
            message.ParseFromString(body)
        else:
            export = parse_object(body, "the export")
            # Protobuf's text is UTF-8, which has no half surrogate pairs: JSON has.
            json.dumps(export, ensure_ascii=False).encode()
            json_format.ParseDict(_hex_to_base64(export), message, ignore_unknown_fields=True)
    except (DecodeError, json_format.ParseError, UnicodeEncodeError) as error:
        raise Malformed(f"not an {message.DESCRIPTOR.name}: {error}") from error


def _endpoint(kind: Callable[[], Any], take: Callable[[Any], Message]) -> Callable[..., Any]:
    """Build the endpoint of one signal: decode a `kind`, `take` it, answer in the same form."""

    async def endpoint(request: Request) -> Response:
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            if content_type not in {PROTOBUF, JSON}:
                raise UnknownEncoding(f"Content-Type {content_type!r}: send {PROTOBUF} or {JSON}")
            message = kind()
            decode(await read_body(request), content_type, message)
        except Refused as refusal:
            return _refuse(refusal, content_type)
        return _answer(take(message), content_type)

    return endpoint


def _answer(message: Message, content_type: str) -> Response:
    if content_type == PROTOBUF:
        return Response(message.SerializeToString(), media_type=PROTOBUF)
    return json_answer(json_format.MessageToDict(message))


def _refuse(refusal: Refused, content_type: str) -> Response:
    """Answer with a google.rpc.Status, as the protocol asks for."""
    if content_type != PROTOBUF:
        status = {"code": _INVALID_ARGUMENT, "message": refusal.reason}
        return json_answer(status, refusal.status)
    # A Status is a number in field 1 and a text in field 2, and so is this message: one
    # dependency less for the same bytes.
    same_bytes = trace_pb.ExportTracePartialSuccess(
        rejected_spans=_INVALID_ARGUMENT, error_message=refusal.reason
    )
    return Response(same_bytes.SerializeToString(), refusal.status, media_type=PROTOBUF)


def _hex_to_base64(value: Any) -> Any:
    """Return OTLP's JSON with its ids spelled as protobuf's JSON reader wants them."""
    if isinstance(value, list):
        return [_hex_to_base64(child) for child in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _id_to_base64(child) if name in _HEX_FIELDS else _hex_to_base64(child)
        for name, child in value.items()
    }


def _id_to_base64(value: object) -> str:
    try:
        return base64.b64encode(bytes.fromhex(str(value))).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise Malformed(f"an id must be hexadecimal, not {value!r}") from error
