"""The page shows what the world saw, and obeys none of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.world.serving import client_of
from world.otlp import OtlpIngest
from world.page import Page
from world.page_parts import fault_of, tags_of
from world.sentry import SentryIngest
from world.webhooks import WebhookSink

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
KEY = {"X-Sentry-Auth": "Sentry sentry_key=public"}
HOSTILE = "<script>alert(1)</script><img src=x onerror='alert(2)'>\"--></style></details>"
CALL = {
    "at": 1_800_000_000.0,
    "path": "/v1/chat/completions",
    "model": "gpt-4o-mini",
    "tokens_in": 12,
    "tokens_out": 34,
    "cost_usd": "0.000123",
    "outcome": "ok",
    "status": 200,
    "trace_id": TRACE_ID,
    "attempt_of": None,
    "seconds": 0.25,
}
NEVER = frozenset({"script", "img", "iframe", "object", "embed", "form", "style", "base"})


@pytest.fixture
def calls() -> list[dict[str, Any]]:
    """Return the ledger's rows, for a test to fill."""
    return []


@pytest.fixture
def world(calls: list[dict[str, Any]]) -> Iterator[httpx.Client]:
    """Serve the ingests and the page; give an HTTP client of them."""
    sentry, otlp, webhooks = SentryIngest(), OtlpIngest(), WebhookSink()
    page = Page(sentry=sentry, otlp=otlp, webhooks=webhooks, calls=lambda: calls)
    with client_of(sentry, otlp, webhooks, page) as client:
        yield client


@dataclass
class Seen:
    """What a browser would find in a page."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""


def seen(html: str) -> Seen:
    """Parse a page as a browser does."""
    found = Seen()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.tags.append(tag)
            found.attributes.extend((name, value or "") for name, value in attrs)

        def handle_data(self, data: str) -> None:
            found.text += f"{data} "

    Reader().feed(html)
    return found


def look(world: httpx.Client, path: str = "/") -> Seen:
    """Return what a browser finds at a path."""
    return seen(world.get(path).raise_for_status().text)


def send_error(world: httpx.Client, words: str, *, trace_id: str = TRACE_ID) -> None:
    """Send an error event whose every text is `words`."""
    frame = {"filename": words, "lineno": 7, "function": words}
    event = {
        "timestamp": "2026-11-23T10:00:00Z",
        "exception": {
            "values": [{"type": words, "value": words, "stacktrace": {"frames": [frame]}}]
        },
        "release": words,
        "tags": {words: words},
        "contexts": {"trace": {"trace_id": trace_id, "span_id": "b7ad6b7169203331"}},
    }
    _send_item(world, "event", event)


def send_log(world: httpx.Client, words: str) -> None:
    """Send a log entry whose every text is `words`."""
    entry = {"level": words, "body": words, "trace_id": TRACE_ID, "attributes": {words: words}}
    _send_item(world, "log", {"items": [entry]})


def _send_item(world: httpx.Client, kind: str, payload: dict[str, Any]) -> None:
    body = f'{{}}\n{{"type":"{kind}"}}\n{json.dumps(payload)}\n'
    world.post("/api/1/envelope/", content=body, headers=KEY).raise_for_status()


def send_span(world: httpx.Client, words: str, *, count: int = 1) -> None:
    """Send spans whose every text is `words`: a root, and the rest its children."""
    request = ExportTraceServiceRequest()
    part = request.resource_spans.add()
    part.resource.attributes.add(key="service.name").value.string_value = words
    scope = part.scope_spans.add()
    scope.scope.name = words
    for number in range(count):
        span = scope.spans.add(trace_id=bytes.fromhex(TRACE_ID), name=words, kind=2)
        span.span_id = (
            bytes.fromhex("b7ad6b7169203331") if not number else number.to_bytes(8, "big")
        )
        span.parent_span_id = b"" if not number else bytes.fromhex("b7ad6b7169203331")
        span.start_time_unix_nano = 1_800_000_000_000_000_000 + number
        span.end_time_unix_nano = 1_800_000_000_012_500_000 + number
        span.attributes.add(key=words).value.string_value = words
        span.events.add(name=words, time_unix_nano=1_800_000_000_005_000_000)
        span.links.add(trace_id=bytes(16), span_id=bytes(8))
        span.status.code, span.status.message = Status.STATUS_CODE_ERROR, words
    headers = {"Content-Type": "application/x-protobuf"}
    world.post(
        "/v1/traces", content=request.SerializeToString(), headers=headers
    ).raise_for_status()


def send_everything(world: httpx.Client, calls: list[dict[str, Any]], words: str) -> None:
    """Put `words` into every place that a program under test can write to."""
    send_error(world, words)
    send_log(world, words)
    send_span(world, words)
    _send_item(world, "transaction", {"transaction": words, "spans": [{"description": words}]})
    world.post("/webhook", json={"alert": words}, headers={"X-Alert": "<script>"})
    calls.append({**CALL, "model": words, "outcome": words})


def test_an_empty_world_says_where_to_send(world: httpx.Client) -> None:
    """Nothing came yet: the page names the variables that point here."""
    text = look(world).text
    port = world.base_url.port
    assert f"SENTRY_DSN=http://public@127.0.0.1:{port}/1" in text
    assert f"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}" in text
    assert f"ALERT_WEBHOOK_URL=http://127.0.0.1:{port}/webhook" in text


def test_the_host_header_does_not_reach_the_page(world: httpx.Client) -> None:
    """The address shown is the one the world listens on."""
    assert "evil.example" not in world.get("/", headers={"Host": "evil.example"}).text


def test_the_overview_counts_and_lists(world: httpx.Client, calls: list[dict[str, Any]]) -> None:
    """Errors, traces, calls, cost and webhooks are on the first page."""
    send_everything(world, calls, "words")
    calls.append(CALL)
    found = look(world)
    for shown in ("gpt-4o-mini", "12 → 34", "$0.000123", "250 ms", "ok 200", "$0.000246"):
        assert shown in found.text
    assert ("href", f"/trace/{TRACE_ID}") in found.attributes


def test_a_trace_shows_its_spans_errors_calls_and_logs(
    world: httpx.Client, calls: list[dict[str, Any]]
) -> None:
    """All that carries the trace's id stands on one page."""
    calls.append(CALL)
    send_span(world, "recall")
    send_error(world, "TimeoutError")
    send_log(world, "gave up")
    found = look(world, f"/trace/{TRACE_ID}")
    for shown in ("1 span in 12.5 ms", "recall", "1 error", "TimeoutError", "gpt-4o-mini"):
        assert shown in found.text
    assert "gave up" in found.text


def test_a_trace_shows_nothing_of_another(world: httpx.Client, calls: list[dict[str, Any]]) -> None:
    """Another trace's page is empty, and says why that can be."""
    send_everything(world, calls, "words")
    text = look(world, f"/trace/{'1' * 32}").text
    assert "TRACES_SAMPLE_RATE=1" in text
    assert "words" not in text


def test_bars_are_drawn_without_inline_style(
    world: httpx.Client, calls: list[dict[str, Any]]
) -> None:
    """Positions are SVG attributes: the policy needs no exception."""
    send_everything(world, calls, "words")
    found = look(world, f"/trace/{TRACE_ID}")
    assert found.tags.count("svg") == found.tags.count("rect") == 1
    assert ("width", "100.00%") in found.attributes
    assert "style" not in {name for name, _ in found.attributes}


@pytest.mark.parametrize("path", ["/", f"/trace/{TRACE_ID}"], ids=["overview", "trace"])
def test_hostile_text_is_shown_and_never_becomes_html(
    world: httpx.Client, calls: list[dict[str, Any]], path: str
) -> None:
    """Whatever a program sends is text on the page."""
    send_everything(world, calls, HOSTILE)
    found = look(world, path)
    assert "<script>alert(1)</script>" in found.text
    assert not NEVER & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]


@pytest.mark.parametrize("path", ["/", f"/trace/{TRACE_ID}", "/trace/none"])
def test_the_policy_forbids_scripts_and_other_addresses(world: httpx.Client, path: str) -> None:
    """Every page carries the strict policy, and nothing in it points elsewhere."""
    answer = world.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    links = [value for name, value in seen(answer.text).attributes if name in {"href", "src"}]
    assert [address for address in links if address[0] not in "/#"] == []


def test_the_style_sheet_is_served_and_self_contained(world: httpx.Client) -> None:
    """The page needs nothing from outside, and knows dark screens."""
    answer = world.get("/page.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert "prefers-color-scheme: dark" in answer.text


def test_every_class_on_the_page_has_a_style(
    world: httpx.Client, calls: list[dict[str, Any]]
) -> None:
    """Markup and style sheet agree on their names."""
    send_everything(world, calls, "words")
    known = set(re.findall(r"\.([a-z][\w-]*)", world.get("/page.css").text))
    pages = look(world).attributes + look(world, f"/trace/{TRACE_ID}").attributes
    used = {word for name, value in pages if name == "class" for word in value.split()}
    # These words only tell one plain thing from another.
    assert used - known <= {"depth-0", "calm"}


@pytest.mark.parametrize(
    "trace_id", ["none", TRACE_ID.upper(), TRACE_ID[:-1], "%3Cscript%3E"], ids=str
)
def test_what_is_no_trace_id_is_not_found(world: httpx.Client, trace_id: str) -> None:
    """A wrong address answers 404 with the form of a right one."""
    answer = world.get(f"/trace/{trace_id}")
    assert answer.status_code == 404
    assert "32 digits" in answer.text


def test_a_trace_id_that_is_none_is_no_link(world: httpx.Client) -> None:
    """An event cannot make the page link elsewhere."""
    send_error(world, "words", trace_id="javascript:alert(1)")
    found = look(world)
    assert "javascript:alert(1)" in found.text
    assert not [value for name, value in found.attributes if "javascript" in value]


def test_a_trace_of_many_spans_is_cut_and_says_so(world: httpx.Client) -> None:
    """A browser gets 500 rows at most."""
    send_span(world, "many", count=501)
    found = look(world, f"/trace/{TRACE_ID}")
    assert found.tags.count("svg") == 500
    assert "The first 500 of 501 spans." in found.text


def test_half_a_surrogate_pair_does_not_break_the_page(world: httpx.Client) -> None:
    """What has no UTF-8 becomes a question mark."""
    send_error(world, "half \ud800 pair")
    assert "half ? pair" in look(world).text


def test_the_page_says_when_older_records_were_dropped(world: httpx.Client) -> None:
    """A full list is not shown as if it were everything."""
    assert "dropped" not in look(world).text
    sentry = SentryIngest()
    sentry.events.dropped = 7
    parts = (sentry, OtlpIngest(), WebhookSink())
    page = Page(sentry=parts[0], otlp=parts[1], webhooks=parts[2], calls=list)
    with client_of(page) as client:
        assert "7 older records dropped" in look(client).text


@pytest.mark.parametrize(
    ("event", "type_", "message"),
    [
        ({"exception": {"values": [{"type": "A"}, {"type": "B", "value": "b"}]}}, "B", "b"),
        ({"exception": {"values": [{}]}}, "Error", ""),
        ({"message": "hi", "level": "warning"}, "warning", "hi"),
        ({"logentry": {"formatted": "3 left", "message": "%s left"}}, "message", "3 left"),
        ({"logentry": {"message": "%s left"}}, "message", "%s left"),
        ({"exception": {"values": 3}}, "message", ""),
        ({"exception": {"values": [3]}}, "Error", ""),
        ({}, "message", ""),
    ],
    ids=["chain", "bare", "message", "formatted", "template", "wrong", "wrong member", "empty"],
)
def test_an_event_is_told_in_two_lines(event: dict[str, Any], type_: str, message: str) -> None:
    """The last exception is what went wrong; without one it is the message."""
    fault = fault_of(event)
    assert (fault.type, fault.message) == (type_, message)


@pytest.mark.parametrize(
    "tags", [{"a": "1"}, [["a", "1"], ["wrong"], 3]], ids=["an object", "pairs"]
)
def test_tags_come_in_both_forms(tags: object) -> None:
    """SDKs send an object or pairs."""
    assert tags_of({"tags": tags}) == {"a": "1"}
