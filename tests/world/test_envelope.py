"""The rules of Sentry's envelope format."""

from __future__ import annotations

import pytest
from sentry_sdk.envelope import Envelope as SdkEnvelope, Item as SdkItem

from world.body import Malformed
from world.envelope import parse_envelope


def test_what_the_sdk_writes_is_read() -> None:
    """Headers, types and payloads are those that the SDK serialized."""
    sent = SdkEnvelope(headers={"event_id": "e1"})
    sent.add_event({"message": "line\nbreak"})
    sent.add_item(SdkItem(b"\x00\n\xff", type="attachment"))
    envelope = parse_envelope(sent.serialize())
    assert envelope.headers == {"event_id": "e1"}
    assert [item.type for item in envelope.items] == ["event", "attachment"]
    assert envelope.items[1].payload == b"\x00\n\xff"


@pytest.mark.parametrize(
    "data",
    [
        b'{}\n{"type":"event"}\n{"a":1}\n',
        b'{}\n{"type":"event"}\n{"a":1}',
        b'{}\n{"type":"event","length":7}\n{"a":1}',
        b'{}\n{"type":"event","length":7}\n{"a":1}\n\n\n',
    ],
    ids=["no length", "no length, no line end", "no last line end", "blank lines at the end"],
)
def test_every_spelling_that_the_format_allows_is_read(data: bytes) -> None:
    """A length is optional, and so is the last line end."""
    assert [item.payload for item in parse_envelope(data).items] == [b'{"a":1}']


def test_an_envelope_may_be_empty() -> None:
    """A header alone is an envelope."""
    assert parse_envelope(b"{}").items == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the envelope's header is not JSON"),
        (b"garbage", "the envelope's header is not JSON"),
        (b"[]\n", "the envelope's header must be a JSON object, not list"),
        (b"{}\nwhat\n", "the header of item 1 is not JSON"),
        (b'{}\n{"length":2}\n{}\n', "item 1 has no type"),
        (b'{}\n{"type":7}\n{}\n', "item 1 has no type"),
        (b'{}\n{"type":"event","length":"2"}\n{}', r"length of item 1 \(event\) must be a number"),
        (b'{}\n{"type":"event","length":-2}\n{}', "must be a number"),
        (b'{}\n{"type":"event","length":true}\n{}', "must be a number"),
        (b'{}\n{"type":"event","length":9}\n{}', "cut short: 2 of 9 bytes"),
        (b'{}\n{"type":"event","length":2}\n{}{}\n', "longer than its length, 2, says"),
    ],
    ids=[
        "empty",
        "no JSON",
        "no object",
        "item without header",
        "item without type",
        "type is no text",
        "length is text",
        "length is negative",
        "length is a boolean",
        "cut short",
        "too long",
    ],
)
def test_a_broken_envelope_names_place_and_fault(data: bytes, reason: str) -> None:
    """The first thing that is wrong is said."""
    with pytest.raises(Malformed, match=reason):
        parse_envelope(data)
