"""The webhook sink keeps what alerts send, and fails on request."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.world.serving import client_of
from world.body import MAX_BODY_BYTES
from world.webhooks import WebhookSink

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

NOW = 1_800_000_000.5


@pytest.fixture
def sink() -> Iterator[httpx.Client]:
    """Serve a webhook sink whose clock stands still; give an HTTP client of it."""
    with client_of(WebhookSink(now=lambda: NOW)) as client:
        yield client


def deliveries(sink: httpx.Client) -> Any:
    """Read the deliveries back."""
    return sink.get("/webhooks").raise_for_status().json()


def test_a_delivery_is_kept_with_headers_and_parsed_body(sink: httpx.Client) -> None:
    """A test sees when, where and what was sent, to the byte."""
    body = b'{"alert": "error_rate"}'
    assert sink.post("/webhook", content=body, headers={"X-Signature": "s"}).status_code == 200
    (delivery,) = deliveries(sink)
    assert (delivery["at"], delivery["path"], delivery["status"]) == (NOW, "/webhook", 200)
    assert delivery["headers"]["x-signature"] == "s"
    assert delivery["body"] == {"alert": "error_rate"}
    assert base64.b64decode(delivery["body_base64"]) == body


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"plain words", "plain words"),
        (b"", ""),
        (b"\xff", "\ufffd"),
        (b"NaN", "NaN"),
        (b"[" * 30_000, "[" * 30_000),
        (b"3", 3),
    ],
    ids=["text", "empty", "no UTF-8", "NaN", "an abyss", "a JSON number"],
)
def test_a_body_that_is_not_json_is_kept_as_text(
    sink: httpx.Client, sent: bytes, kept: object
) -> None:
    """Any body is taken."""
    sink.post("/webhook", content=sent)
    assert deliveries(sink)[0]["body"] == kept


def test_a_named_webhook_is_told_from_the_others(sink: httpx.Client) -> None:
    """Each receiver can have its own path."""
    sink.post("/webhook", content=b"a")
    sink.post("/webhook/pager", content=b"b")
    assert [delivery["path"] for delivery in deliveries(sink)] == ["/webhook", "/webhook/pager"]


def test_told_failures_happen_and_end(sink: httpx.Client) -> None:
    """The next deliveries fail with the given status; all are listed with theirs."""
    sink.put("/webhooks/failures", json={"times": 2, "status": 503})
    statuses = [sink.post("/webhook", content=b"x").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    assert [delivery["status"] for delivery in deliveries(sink)] == statuses
    assert sink.get("/webhooks/failures").json()["times"] == 0


def test_failures_have_status_500_unless_told(sink: httpx.Client) -> None:
    """The status may be left out."""
    sink.put("/webhooks/failures", json={"times": 1})
    assert sink.post("/webhook").status_code == 500


def test_deleting_the_failures_ends_them(sink: httpx.Client) -> None:
    """Failures that are not used up can be taken back."""
    sink.put("/webhooks/failures", json={"times": 5})
    assert sink.delete("/webhooks/failures").status_code == 204
    assert sink.post("/webhook").status_code == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not JSON"),
        (b"[]", "failures: expected an object"),
        (b"{}", "failures.times: is missing"),
        (b'{"times": -1}', "failures.times: expected"),
        (b'{"times": true}', "failures.times: expected"),
        (b'{"times": 1, "status": 200}', "failures.status: expected"),
        (b'{"times": 1, "stauts": 500}', "failures.stauts: unknown field"),
    ],
    ids=["no JSON", "no object", "missing", "negative", "boolean", "a good status", "misspelt"],
)
def test_a_bad_control_body_answers_422_naming_the_field(
    sink: httpx.Client, body: bytes, reason: str
) -> None:
    """Nothing is obeyed half."""
    answer = sink.put("/webhooks/failures", content=body)
    assert answer.status_code == 422
    assert reason in answer.json()["error"]["message"]
    assert sink.post("/webhook").status_code == 200


def test_delete_clears_the_deliveries(sink: httpx.Client) -> None:
    """DELETE empties the list."""
    sink.post("/webhook", content=b"x")
    assert sink.delete("/webhooks").status_code == 204
    assert deliveries(sink) == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/webhook"), ("PUT", "/webhooks/failures")])
def test_a_body_over_the_limit_answers_413_and_is_not_kept(
    sink: httpx.Client, method: str, path: str
) -> None:
    """The sink's memory is bounded."""
    answer = sink.request(method, path, content=bytes(MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert deliveries(sink) == []
