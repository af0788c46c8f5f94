"""The rules of reading Sentry's spans, whatever shape they come in."""

from __future__ import annotations

from typing import Any

import pytest

from world.sentry_spans import span_of_item, spans_of_transaction, trace_id_of, unix_seconds

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def transaction(**changes: Any) -> dict[str, Any]:
    """Return a transaction with one child, with `changes`."""
    good = {
        "transaction": "POST /chat",
        "start_timestamp": "2026-11-23T10:00:00Z",
        "timestamp": "2026-11-23T10:00:00.250000Z",
        "contexts": {"trace": {"trace_id": TRACE_ID, "span_id": "a1", "op": "http.server"}},
        "spans": [
            {
                "span_id": "b2",
                "parent_span_id": "a1",
                "op": "http.client",
                "description": "POST provider",
                "status": "internal_error",
                "start_timestamp": 1.0,
                "timestamp": 1.5,
                "data": {"http.status_code": 500},
            }
        ],
    }
    return good | changes


def test_a_transaction_is_a_root_and_its_children() -> None:
    """The transaction itself is the first span; children take its trace."""
    root, child = spans_of_transaction(transaction())
    assert (root.name, root.kind, root.parent_id, root.status) == (
        "POST /chat",
        "server",
        None,
        "unset",
    )
    assert root.duration_ms == 250
    assert (child.name, child.kind, child.parent_id) == ("POST provider", "client", "a1")
    assert (child.trace_id, child.status, child.duration_ms) == (TRACE_ID, "error", 500)
    assert child.attributes == {"sentry.op": "http.client", "http.status_code": 500}


def test_a_span_of_format_2_is_read_alike() -> None:
    """A span that came alone gives the same record."""
    span = span_of_item(
        {
            "name": "chat m",
            "trace_id": TRACE_ID,
            "span_id": "c3",
            "parent_span_id": "a1",
            "start_timestamp": 1.0,
            "end_timestamp": 2.0,
            "status": "ok",
            "attributes": {"sentry.op": "gen_ai.chat", "service.name": "api"},
        }
    )
    assert (span.name, span.kind, span.status, span.service) == ("chat m", "client", "ok", "api")
    assert (span.start, span.end, span.duration_ms) == (1.0, 2.0, 1000)


@pytest.mark.parametrize(
    "changes",
    [
        {"contexts": "nonsense"},
        {"contexts": {"trace": []}},
        {"spans": "nonsense"},
        {"spans": [3, None]},
        {"spans": [{"data": 7, "tags": [1], "op": {"a": 1}}]},
        {"start_timestamp": None, "timestamp": "yesterday"},
    ],
    ids=["contexts", "trace", "spans", "members", "parts of a span", "times"],
)
def test_a_transaction_of_the_wrong_shape_still_has_its_root(changes: dict[str, Any]) -> None:
    """What is wrong reads as empty; nothing raises."""
    assert spans_of_transaction(transaction(**changes))[0].name == "POST /chat"


def test_an_end_before_the_start_is_a_span_without_length() -> None:
    """Clocks that went backwards make no negative durations."""
    span = span_of_item({"start_timestamp": 5.0, "end_timestamp": 4.0})
    assert (span.end, span.duration_ms) == (5.0, 0)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1.5, 1.5),
        ("1970-01-01T00:00:02Z", 2.0),
        ("1970-01-01T00:00:02", 2.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("soon", 0.0),
        (None, 0.0),
        (10**400, 0.0),
        ([], 0.0),
    ],
    ids=["number", "UTC", "no zone", "zone", "text", "missing", "huge", "a list"],
)
def test_every_spelling_of_a_time_is_read(written: object, seconds: float) -> None:
    """Numbers and ISO 8601 are times; what is neither is 0."""
    assert unix_seconds(written) == seconds


@pytest.mark.parametrize(
    ("event", "trace_id"),
    [({"contexts": {"trace": {"trace_id": TRACE_ID}}}, TRACE_ID), ({}, ""), ({"contexts": 1}, "")],
    ids=["present", "missing", "wrong shape"],
)
def test_the_trace_of_an_event_is_found(event: dict[str, Any], trace_id: str) -> None:
    """An event without a trace has an empty id."""
    assert trace_id_of(event) == trace_id
