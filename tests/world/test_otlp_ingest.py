"""The OTLP ingest takes what an OpenTelemetry exporter sends, over real HTTP."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from tests.world.serving import client_of
from world.otlp import OtlpIngest
from world.otlp_spans import read_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
START = 1_800_000_000_250_000_000
# An attribute of lists within lists: deeper than protobuf goes.
DEEP = (
    '{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":'
    + '{"arrayValue":{"values":[' * 60
    + "]}}" * 60
    + "}]}}]}"
)


@pytest.fixture
def ingest() -> Iterator[httpx.Client]:
    """Serve an OTLP ingest; give an HTTP client of it."""
    with client_of(OtlpIngest()) as client:
        yield client


def export(*spans: Span) -> bytes:
    """Return an export request as an exporter serializes it."""
    service = KeyValue(key="service.name", value=AnyValue(string_value="ai-api"))
    scope = ScopeSpans(scope=InstrumentationScope(name="project.telemetry"), spans=spans)
    part = ResourceSpans(resource=Resource(attributes=[service]), scope_spans=[scope])
    body: bytes = ExportTraceServiceRequest(resource_spans=[part]).SerializeToString()
    return body


def span(**changes: Any) -> Span:
    """Return one good span, with `changes`."""
    good: dict[str, Any] = {
        "trace_id": bytes.fromhex(TRACE_ID),
        "span_id": bytes.fromhex("b7ad6b7169203331"),
        "name": "recall",
        "kind": Span.SPAN_KIND_CLIENT,
        "start_time_unix_nano": START,
        "end_time_unix_nano": START + 12_500_000,
    }
    return Span(**(good | changes))


def spans_at(ingest: httpx.Client) -> Any:
    """Read the spans back."""
    return ingest.get("/otlp/spans").raise_for_status().json()


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("identity", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)],
)
def test_a_span_is_read_back_in_plain_words(
    ingest: httpx.Client, encoding: str, compress: Any
) -> None:
    """Ids are hex, times unix seconds, kind and status words."""
    sent = span(
        parent_span_id=bytes.fromhex("00f067aa0ba902b7"),
        attributes=[KeyValue(key="hit", value=AnyValue(bool_value=True))],
        status=Status(code=Status.STATUS_CODE_ERROR, message="timed out"),
        events=[Span.Event(name="retry", time_unix_nano=START)],
        links=[Span.Link(trace_id=bytes(15) + b"\1", span_id=bytes(7) + b"\2")],
    )
    headers = {**PROTOBUF, "Content-Encoding": encoding}
    ingest.post("/v1/traces", content=compress(export(sent)), headers=headers).raise_for_status()
    assert spans_at(ingest) == [
        {
            "name": "recall",
            "trace_id": TRACE_ID,
            "span_id": "b7ad6b7169203331",
            "parent_id": "00f067aa0ba902b7",
            "kind": "client",
            "start": 1_800_000_000.25,
            "end": 1_800_000_000.2625,
            "duration_ms": 12.5,
            "service": "ai-api",
            "status": "error",
            "status_message": "timed out",
            "scope": "project.telemetry",
            "attributes": {"hit": True},
            "events": [{"name": "retry", "at": 1_800_000_000.25, "attributes": {}}],
            "links": [{"trace_id": "0" * 31 + "1", "span_id": "0" * 15 + "2"}],
        }
    ]


def test_a_root_span_without_a_service_has_no_parent_and_an_unknown_service(
    ingest: httpx.Client,
) -> None:
    """What is missing is None or said to be unknown."""
    bare = ResourceSpans(scope_spans=[ScopeSpans(spans=[span()])])
    body = ExportTraceServiceRequest(resource_spans=[bare]).SerializeToString()
    ingest.post("/v1/traces", content=body, headers=PROTOBUF)
    (root,) = spans_at(ingest)
    assert (root["parent_id"], root["service"], root["status"]) == (None, "unknown", "unset")


def test_a_protobuf_export_is_answered_in_protobuf(ingest: httpx.Client) -> None:
    """The answer is an export response without a partial success."""
    answer = ingest.post("/v1/traces", content=export(span()), headers=PROTOBUF)
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()


def test_a_json_export_is_read_and_answered_in_json(ingest: httpx.Client) -> None:
    """OTLP's JSON has hex ids, text for large integers, and fields of tomorrow."""
    sent = {
        "traceId": TRACE_ID.upper(),
        "spanId": "b7ad6b7169203331",
        "name": "recall",
        "kind": 2,
        "startTimeUnixNano": str(START),
        "endTimeUnixNano": str(START + 1_000_000),
        "attributes": [{"key": "traceId", "value": {"stringValue": "not an id"}}],
        "ofTomorrow": 1,
    }
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [sent]}]}]}
    answer = ingest.post("/v1/traces", json=body)
    assert (answer.status_code, answer.json()) == (200, {})
    (read,) = spans_at(ingest)
    assert (read["trace_id"], read["kind"], read["duration_ms"]) == (TRACE_ID, "server", 1.0)
    assert read["attributes"] == {"traceId": "not an id"}


@pytest.mark.parametrize(
    "changes",
    [
        {"trace_id": b""},
        {"trace_id": bytes(16)},
        {"trace_id": b"\1" * 8},
        {"span_id": b""},
        {"span_id": bytes(8)},
    ],
    ids=["no trace id", "zero trace id", "short trace id", "no span id", "zero span id"],
)
def test_a_span_with_a_bad_id_is_rejected_and_counted(
    ingest: httpx.Client, changes: dict[str, Any]
) -> None:
    """The good spans of the export are kept; the answer says how many were not."""
    body = export(span(name="bad", **changes), span(name="good"))
    answer = ExportTraceServiceResponse.FromString(
        ingest.post("/v1/traces", content=body, headers=PROTOBUF).content
    )
    assert answer.partial_success.rejected_spans == 1
    assert "'bad'" in answer.partial_success.error_message
    assert [read["name"] for read in spans_at(ingest)] == ["good"]
    assert ingest.get("/otlp/counts").json()["rejected_spans"] == 1


def test_a_broken_protobuf_answers_400_with_a_status_message(ingest: httpx.Client) -> None:
    """The reason stands in field 2, where google.rpc.Status has its message."""
    answer = ingest.post("/v1/traces", content=b"\xff\xff", headers=PROTOBUF)
    assert answer.status_code == 400
    reason = ExportTracePartialSuccess.FromString(answer.content).error_message
    assert reason.startswith("not an ExportTraceServiceRequest")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "the export is not JSON"),
        ("[]", "the export must be a JSON object, not list"),
        ("7", "the export must be a JSON object, not int"),
        ('{"resourceSpans": 3}', "not an ExportTraceServiceRequest"),
        (
            '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}',
            "an id must be hexadecimal, not 'xyz'",
        ),
        (r'{"resourceSpans": [{"\ud800": 1}]}', "not an ExportTraceServiceRequest"),
        (DEEP, "not an ExportTraceServiceRequest"),
        ('{"a":' * 300 + "1" + "}" * 300, "deeper than"),
    ],
    ids=[
        "cut",
        "a list",
        "a number",
        "wrong type",
        "an id that is no hex",
        "half a surrogate",
        "deep",
        "too deep",
    ],
)
def test_a_broken_json_export_answers_400_with_the_reason(
    ingest: httpx.Client, text: str, reason: str
) -> None:
    """The sender learns what is wrong."""
    answer = ingest.post("/v1/traces", content=text, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == 3
    assert reason in answer.json()["message"]


def test_another_content_type_answers_415(ingest: httpx.Client) -> None:
    """Only protobuf and JSON are OTLP."""
    answer = ingest.post("/v1/traces", content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert "text/plain" in answer.json()["message"]


def test_traces_come_in_at_the_address_that_sentry_derives_from_a_dsn(
    ingest: httpx.Client,
) -> None:
    """Sentry's OTLPIntegration exports to an address under the project."""
    address = "/api/1/integration/otlp/v1/traces/"
    ingest.post(address, content=export(span()), headers=PROTOBUF).raise_for_status()
    assert len(spans_at(ingest)) == 1


def test_metrics_and_logs_are_counted(ingest: httpx.Client) -> None:
    """The two other signals are accepted, and how much came can be read."""
    metrics, logs = ExportMetricsServiceRequest(), ExportLogsServiceRequest()
    metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    records = logs.resource_logs.add().scope_logs.add().log_records
    records.add()
    records.add()
    ingest.post("/v1/metrics", content=metrics.SerializeToString(), headers=PROTOBUF)
    ingest.post("/v1/logs", content=logs.SerializeToString(), headers=PROTOBUF)
    ingest.post("/v1/traces", content=export(span()), headers=PROTOBUF)
    counts = {"spans": 1, "rejected_spans": 0, "metrics": 1, "logs": 2}
    assert ingest.get("/otlp/counts").json() == counts
    assert ingest.delete("/otlp/counts").status_code == 204
    assert set(ingest.get("/otlp/counts").json().values()) == {0}


def test_delete_clears_the_spans(ingest: httpx.Client) -> None:
    """DELETE empties the list."""
    ingest.post("/v1/traces", content=export(span()), headers=PROTOBUF)
    assert ingest.delete("/otlp/spans").status_code == 204
    assert spans_at(ingest) == []


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (AnyValue(), None),
        (AnyValue(string_value="a"), "a"),
        (AnyValue(int_value=2**60), 2**60),
        (AnyValue(double_value=0.5), 0.5),
        (AnyValue(double_value=float("nan")), "nan"),
        (AnyValue(bytes_value=b"\xff"), "/w=="),
        (AnyValue(array_value=ArrayValue(values=[AnyValue(int_value=1)])), [1]),
        (
            AnyValue(
                kvlist_value=KeyValueList(values=[KeyValue(key="a", value=AnyValue(int_value=1))])
            ),
            {"a": 1},
        ),
    ],
    ids=["empty", "text", "integer", "float", "NaN", "bytes", "list", "object"],
)
def test_every_kind_of_attribute_value_becomes_json(value: AnyValue, plain: object) -> None:
    """What JSON lacks becomes text."""
    assert read_value(value) == plain
    assert json.loads(json.dumps(plain)) == plain


def test_a_kind_of_a_later_protocol_is_unspecified(ingest: httpx.Client) -> None:
    """A number that has no word yet does not break the ingest."""
    ingest.post("/v1/traces", content=export(span(kind=99)), headers=PROTOBUF)
    assert [read["kind"] for read in spans_at(ingest)] == ["unspecified"]
