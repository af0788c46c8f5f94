"""The Sentry ingest takes what the unmodified sentry-sdk sends, over real HTTP."""

from __future__ import annotations

import base64
import gzip
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sentry_sdk
from sentry_sdk import logger as sentry_logger
from sentry_sdk.crons import capture_checkin
from sentry_sdk.crons.consts import MonitorStatus

from tests.world.serving import client_of
from world.body import MAX_BODY_BYTES
from world.sentry import SentryIngest, flatten_attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

KEY = {"X-Sentry-Auth": "Sentry sentry_key=public, sentry_version=7"}
ADDRESS = "/api/1/envelope/"
EVENT = b'{"event_id":"e1"}\n{"type":"event"}\n{"message":"hello"}\n'


@pytest.fixture
def ingest() -> Iterator[httpx.Client]:
    """Serve a Sentry ingest; give an HTTP client of it."""
    with client_of(SentryIngest()) as client:
        yield client


@contextmanager
def sdk(ingest: httpx.Client, **options: Any) -> Iterator[None]:
    """Run the block with the real SDK pointed at the ingest; flush at the end."""
    url = ingest.base_url
    client = sentry_sdk.Client(
        dsn=f"http://public@{url.host}:{url.port}/1", default_integrations=False, **options
    )
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        try:
            yield
        finally:
            client.close(timeout=5)


def get(ingest: httpx.Client, path: str) -> Any:
    """Read one list back."""
    return ingest.get(path).raise_for_status().json()


def test_an_exception_arrives_as_the_event_it_was(ingest: httpx.Client) -> None:
    """An event keeps its exception, tags, release and trace."""
    with sdk(ingest, release="api@1"):
        sentry_sdk.set_tag("tenant", "demo")
        sentry_sdk.capture_exception(ValueError("no such model"))
    (event,) = get(ingest, "/sentry/events")
    exception = event["exception"]["values"][-1]
    assert (exception["type"], exception["value"]) == ("ValueError", "no such model")
    assert (event["release"], event["tags"]) == ("api@1", {"tenant": "demo"})
    trace_id = event["contexts"]["trace"]["trace_id"]
    assert event["_envelope"]["trace"]["trace_id"] == trace_id


@pytest.mark.parametrize(
    "experiments",
    [{}, {"transport_compression_algo": "none"}, {"transport_compression_algo": "gzip"}],
    ids=["as installed", "none", "gzip"],
)
def test_events_arrive_in_every_compression(
    ingest: httpx.Client, experiments: dict[str, str]
) -> None:
    """The SDK's compression does not matter."""
    with sdk(ingest, _experiments=experiments):
        sentry_sdk.capture_message("hello")
    assert [event["message"] for event in get(ingest, "/sentry/events")] == ["hello"]


def test_a_brotli_envelope_of_the_sdk_arrives(ingest: httpx.Client) -> None:
    """The SDK sends brotli where that package is installed."""
    pytest.importorskip("brotli", reason="the brotli package is not installed")
    with sdk(ingest, _experiments={"transport_compression_algo": "br"}):
        sentry_sdk.capture_message("hello")
    assert len(get(ingest, "/sentry/events")) == 1


def test_logs_are_flat_one_object_each(ingest: httpx.Client) -> None:
    """A log entry has its body, level, trace and plain attributes."""
    with sdk(ingest, enable_logs=True):
        sentry_logger.warning("{n} retries", n=3)
        sentry_logger.error("gave up", attributes={"model": "m"})
    warning, error = get(ingest, "/sentry/logs")
    assert (warning["body"], warning["level"]) == ("3 retries", "warn")
    assert warning["attributes"]["sentry.message.parameter.n"] == 3
    assert (error["level"], error["attributes"]["model"]) == ("error", "m")
    assert len(error["trace_id"]) == 32


def test_check_ins_and_metrics_are_listed_by_type(ingest: httpx.Client) -> None:
    """What is neither error nor log is at /sentry/items."""
    with sdk(ingest):
        capture_checkin(monitor_slug="nightly", status=MonitorStatus.OK)
        sentry_sdk.metrics.count("requests", 2, attributes={"tier": "free"})
    items = get(ingest, "/sentry/items")
    (check_in,), (metric,) = items["check_in"], items["trace_metric"]
    assert (check_in["monitor_slug"], check_in["status"]) == ("nightly", "ok")
    assert (metric["name"], metric["value"], metric["attributes"]["tier"]) == (
        "requests",
        2,
        "free",
    )
    assert items["transaction"] == []


def test_a_transaction_is_listed_with_its_spans(ingest: httpx.Client) -> None:
    """A transaction keeps its name and its children."""
    with (
        sdk(ingest, traces_sample_rate=1.0),
        sentry_sdk.start_transaction(op="http.server", name="GET /"),
        sentry_sdk.start_span(op="db", name="SELECT 1"),
    ):
        pass
    (transaction,) = get(ingest, "/sentry/items")["transaction"]
    assert transaction["transaction"] == "GET /"
    assert [span["description"] for span in transaction["spans"]] == ["SELECT 1"]


def test_gen_ai_spans_are_listed_though_they_travel_alone(ingest: httpx.Client) -> None:
    """A span of format 2 is one flat object, and belongs to its transaction's trace."""
    with (
        sdk(ingest, traces_sample_rate=1.0),
        sentry_sdk.start_transaction(op="http.server", name="POST /chat"),
        sentry_sdk.start_span(op="gen_ai.chat", name="chat m") as chat,
    ):
        chat.set_data("gen_ai.request.model", "m")
    items = get(ingest, "/sentry/items")
    (span,), (transaction,) = items["span"], items["transaction"]
    assert (span["name"], span["attributes"]["gen_ai.request.model"]) == ("chat m", "m")
    assert span["trace_id"] == transaction["contexts"]["trace"]["trace_id"]


def test_streamed_spans_are_listed(ingest: httpx.Client) -> None:
    """The SDK's span streaming sends no transaction: every span comes alone."""
    with (
        sdk(ingest, traces_sample_rate=1.0, trace_lifecycle="stream"),
        sentry_sdk.traces.start_span(name="root"),
        sentry_sdk.traces.start_span(name="child"),
    ):
        pass
    names = [span["name"] for span in get(ingest, "/sentry/items")["span"]]
    assert sorted(names) == ["child", "root"]


def test_a_session_and_what_the_sdk_discarded_are_listed(ingest: httpx.Client) -> None:
    """Sessions are items too."""
    with sdk(ingest, release="api@1"):
        sentry_sdk.get_isolation_scope().start_session(session_mode="application")
        sentry_sdk.get_isolation_scope().end_session()
    items = get(ingest, "/sentry/items")
    assert len(items["session"]) + len(items["sessions"]) == 1


def test_an_attachment_is_kept_as_its_bytes(ingest: httpx.Client) -> None:
    """An item that is no JSON is kept whole, under "other"."""
    with sdk(ingest):
        sentry_sdk.get_current_scope().add_attachment(bytes=b"\x00\xff", filename="core.bin")
        sentry_sdk.capture_message("with a file")
    (other,) = get(ingest, "/sentry/items")["other"]
    assert other["headers"]["filename"] == "core.bin"
    assert base64.b64decode(other["payload_base64"]) == b"\x00\xff"


def test_raw_holds_the_decompressed_bytes_of_everything_sent(ingest: httpx.Client) -> None:
    """A secret that left the program in any item is found in the raw bytes."""
    with sdk(ingest, enable_logs=True):
        sentry_sdk.capture_message("sk-in-an-event")
        sentry_logger.info("sk-in-a-log")
    ingest.post(ADDRESS, content=gzip.compress(b"sk-broken"), headers={"Content-Encoding": "gzip"})
    raw = b"".join(base64.b64decode(text) for text in get(ingest, "/sentry/raw"))
    assert b"sk-in-an-event" in raw
    assert b"sk-in-a-log" in raw
    assert b"sk-broken" in raw


@pytest.mark.parametrize("path", ["/sentry/events", "/sentry/logs", "/sentry/raw", "/sentry/items"])
def test_delete_clears_its_own_list(ingest: httpx.Client, path: str) -> None:
    """DELETE empties the list at its address and no other."""
    with sdk(ingest, enable_logs=True):
        sentry_sdk.capture_message("an event")
        sentry_logger.info("a log")
        capture_checkin(monitor_slug="nightly", status=MonitorStatus.OK)
    assert ingest.delete(path).status_code == 204
    lists = {
        "/sentry/events": len(get(ingest, "/sentry/events")),
        "/sentry/logs": len(get(ingest, "/sentry/logs")),
        "/sentry/raw": len(get(ingest, "/sentry/raw")),
        "/sentry/items": sum(map(len, get(ingest, "/sentry/items").values())),
    }
    assert [name for name, length in lists.items() if not length] == [path]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"garbage\n", "the envelope's header is not JSON"),
        (b'{}\n{"type":"event","length":99}\n{}', "cut short"),
        (b'{}\n{"type":"event"}\nnot json\n', "the event is not JSON"),
        (b'{}\n{"type":"check_in"}\n[]\n', "the check_in must be a JSON object"),
        (b'{}\n{"type":"log"}\n{"items":3}\n', "the log item must hold a list of objects"),
        (b'{}\n{"type":"span"}\n{"items":[3]}\n', "the span item must hold a list of objects"),
    ],
    ids=["no header", "cut short", "event", "check-in", "logs", "spans"],
)
def test_a_broken_envelope_answers_400_with_the_reason(
    ingest: httpx.Client, body: bytes, reason: str
) -> None:
    """The sender learns what is wrong with its envelope."""
    answer = ingest.post(ADDRESS, content=body, headers=KEY)
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]


def test_nothing_of_a_broken_envelope_is_kept(ingest: httpx.Client) -> None:
    """A good item beside a broken one does not count."""
    ingest.post(ADDRESS, content=EVENT + b'{"type":"event"}\nbroken\n', headers=KEY)
    assert get(ingest, "/sentry/events") == []


@pytest.mark.parametrize(
    ("headers", "body", "query"),
    [
        (KEY, EVENT, ""),
        ({}, EVENT.replace(b'"e1"', b'"e1","dsn":"http://public@127.0.0.1:1/1"'), ""),
        ({}, EVENT, "?sentry_key=public"),
    ],
    ids=["header", "dsn in the envelope", "query"],
)
def test_a_public_key_opens_the_ingest(
    ingest: httpx.Client, headers: dict[str, str], body: bytes, query: str
) -> None:
    """The key may come in each of Sentry's three places."""
    answer = ingest.post(ADDRESS + query, content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"id": "e1"})


@pytest.mark.parametrize(
    ("headers", "dsn"),
    [
        ({}, None),
        ({"X-Sentry-Auth": "Sentry sentry_version=7"}, None),
        ({}, "http://127.0.0.1/1"),
        ({}, "http://[broken"),
        ({}, 7),
    ],
    ids=["nothing", "header without key", "dsn without key", "broken dsn", "dsn is a number"],
)
def test_an_envelope_without_public_key_answers_403(
    ingest: httpx.Client, headers: dict[str, str], dsn: object
) -> None:
    """Who does not say which project it is gets no further."""
    body = json.dumps({"dsn": dsn}).encode() + b'\n{"type":"event"}\n{}\n'
    answer = ingest.post(ADDRESS, content=body, headers=headers)
    assert answer.status_code == 403
    assert "public key" in answer.json()["detail"]
    assert get(ingest, "/sentry/events") == []


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (bytes(MAX_BODY_BYTES + 1), "identity"),
        (gzip.compress(bytes(MAX_BODY_BYTES + 1)), "gzip"),
    ],
    ids=["as sent", "decompressed"],
)
def test_a_body_over_the_limit_answers_413(
    ingest: httpx.Client, content: bytes, encoding: str
) -> None:
    """The limit holds before and after decompression, and the client reads the answer."""
    answer = ingest.post(ADDRESS, content=content, headers={**KEY, "Content-Encoding": encoding})
    assert answer.status_code == 413
    assert str(MAX_BODY_BYTES) in answer.json()["detail"]


def test_an_unknown_encoding_answers_415(ingest: httpx.Client) -> None:
    """An encoding that nobody reads is refused by name."""
    answer = ingest.post(ADDRESS, content=EVENT, headers={**KEY, "Content-Encoding": "zstd"})
    assert answer.status_code == 415
    assert "zstd" in answer.json()["detail"]


def test_read_back_says_how_many_were_dropped(ingest: httpx.Client) -> None:
    """A reader of a list that overflowed is told."""
    ingest.post(ADDRESS, content=EVENT, headers=KEY)
    assert ingest.get("/sentry/events").headers["X-Dropped"] == "0"


def test_half_a_surrogate_pair_is_read_back(ingest: httpx.Client) -> None:
    """Whatever JSON an SDK sends can be read again."""
    ingest.post(ADDRESS, content=EVENT.replace(b"hello", rb"\ud800"), headers=KEY)
    assert json.loads(ingest.get("/sentry/events").text)[0]["message"] == "\ud800"


@pytest.mark.parametrize(
    ("attributes", "flat"),
    [
        ({"a": {"value": 1, "type": "integer"}}, {"a": 1}),
        ({"a": "plain"}, {"a": "plain"}),
        (None, {}),
        ("nonsense", {}),
    ],
    ids=["typed", "plain", "missing", "no object"],
)
def test_attributes_are_flattened(attributes: object, flat: dict[str, Any]) -> None:
    """A typed value becomes the value; what is no object becomes none."""
    assert flatten_attributes({"attributes": attributes}) == {"attributes": flat}
