"""A caller's body: read as far as this API acts on it, refused by the name of what is wrong."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from project.errors import Malformed
from project.models import ChatCall, EmbeddingCall, Usage

HELLO = {"role": "user", "content": "hello"}


def chat(**fields: Any) -> bytes:
    """Write a chat body; None leaves a field out."""
    body = {"model": "gpt-4o", "messages": [HELLO], **fields}
    return json.dumps({name: value for name, value in body.items() if value is not ...}).encode()


def embedding(**fields: Any) -> bytes:
    """Write an embedding body."""
    return json.dumps({"model": "text-embedding-3-small", "input": "hello", **fields}).encode()


def nested(levels: int) -> bytes:
    """Write a chat body that is nested so deep, in a field that nobody reads."""
    return chat(extra=...)[:-1] + b', "extra": ' + b"[" * levels + b"]" * levels + b"}"


def test_what_is_not_known_passes_through() -> None:
    """The body goes on as it came, tools and all; its size is known."""
    raw = chat(tools=[{"type": "function"}], temperature=0.5, n=2, stream=True, max_tokens=7)
    call = ChatCall.from_json(raw)
    assert call.body == json.loads(raw)
    assert (call.model, call.messages, call.size) == ("gpt-4o", [HELLO], len(raw))
    assert (call.choices, call.stream, call.max_tokens) == (2, True, 7)


def test_what_is_not_said_has_its_default() -> None:
    """One choice, whole, of unstated length; null is as good as nothing."""
    for raw in (chat(), chat(n=None, stream=None, max_tokens=None)):
        call = ChatCall.from_json(raw)
        assert (call.choices, call.stream, call.max_tokens) == (1, False, 0)


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({"max_completion_tokens": 9}, 9),
        ({"max_tokens": 5, "max_completion_tokens": 9}, 9),
        ({"max_tokens": 9, "max_completion_tokens": None}, 9),
        ({"max_tokens": 9, "max_completion_tokens": 5}, 9),
    ],
)
def test_the_larger_of_two_bounds_counts(fields: dict[str, Any], most: int) -> None:
    """Whichever of the two the provider takes, no more is made than was held."""
    assert ChatCall.from_json(chat(**fields)).max_tokens == most


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "tool", "function"])
@pytest.mark.parametrize("content", ["text", [{"type": "text", "text": "t"}], None])
def test_every_message_of_openai_is_taken(role: str, content: Any) -> None:
    """Text, parts and nothing, of every role."""
    assert ChatCall.from_json(chat(messages=[{"role": role, "content": content}]))


def test_a_body_is_not_shown() -> None:
    """What a log prints of a call holds no prompt."""
    assert "body" not in repr(ChatCall.from_json(chat()))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"\xff\xfe{}",
        b'{"model": "\xed\xa0\x80"}',
        b'{"model": "\\ud800"}',
        b'{"model": NaN}',
        b'{"model": Infinity}',
        b'{"model": 1e999}',
        b'{"model": "gpt-4o",}',
        b'{"a": 1} {"b": 2}',
        b"[" * 20_000 + b"]" * 20_000,
        b'{"a":' * 20_000,
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_object_is_malformed(raw: bytes) -> None:
    """Neither kind of call reads it; no field is to blame."""
    for kind in (ChatCall, EmbeddingCall):
        with pytest.raises(Malformed) as caught:
            kind.from_json(raw)
        assert caught.value.param is None
        assert len(caught.value.message) < 200


def test_whatever_is_read_can_be_written_again() -> None:
    """A body that is as deep as may be is still written with something round it."""
    call = ChatCall.from_json(nested(249))
    assert orjson.dumps(["version", [call.body]])


@pytest.mark.parametrize("levels", [250, 254, 255, 1022, 1023, 1024, 100_000])
def test_what_could_not_be_written_again_is_refused_at_the_door(levels: int) -> None:
    """The encoder is not as patient as the decoder, and the caller is told so."""
    with pytest.raises(Malformed, match=r"too deep|depth limit") as caught:
        ChatCall.from_json(nested(levels))
    assert caught.value.param is None


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": ...}, "model"),
        ({"model": None}, "model"),
        ({"model": 4}, "model"),
        ({"model": ""}, "model"),
        ({"model": ["gpt-4o"]}, "model"),
        ({"model": "m" * 129}, "model"),
        ({"messages": ...}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": HELLO}, "messages"),
        ({"messages": [HELLO] * 257}, "messages"),
        ({"messages": ["hello"]}, "messages[0].role"),
        ({"messages": [None]}, "messages[0].role"),
        ({"messages": [HELLO, {"content": "x"}]}, "messages[1].role"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": {"a": 1}, "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": True, "content": "x"}]}, "messages[0].role"),
        ({"messages": [HELLO, {"role": "user", "content": 5}]}, "messages[1].content"),
        ({"messages": [{"role": "user", "content": {"a": 1}}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": True}]}, "messages[0].content"),
        ({"n": 0}, "n"),
        ({"n": 9}, "n"),
        ({"n": 100_000}, "n"),
        ({"n": True}, "n"),
        ({"n": "1"}, "n"),
        ({"n": 1.0}, "n"),
        ({"n": [1]}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_tokens": 16_385}, "max_tokens"),
        ({"max_tokens": 10**30}, "max_tokens"),
        ({"max_tokens": False}, "max_tokens"),
        ({"max_tokens": 10**9, "max_completion_tokens": 5}, "max_tokens"),
        ({"max_tokens": 5, "max_completion_tokens": "9"}, "max_completion_tokens"),
        ({"stream": "yes"}, "stream"),
        ({"stream": 1}, "stream"),
        ({"stream": []}, "stream"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(fields: dict[str, Any], param: str) -> None:
    """The error's param is the field; its text quotes nothing of the caller's."""
    with pytest.raises(Malformed) as caught:
        ChatCall.from_json(chat(**fields))
    assert (caught.value.param, caught.value.http_status) == (param, 400)
    assert "hello" not in caught.value.message


@pytest.mark.parametrize(("given", "inputs"), [("a", ["a"]), (["a", "b"], ["a", "b"])])
def test_inputs_are_one_text_or_several(given: Any, inputs: list[str]) -> None:
    """Both spellings are one list."""
    raw = embedding(input=given, dimensions=64)
    call = EmbeddingCall.from_json(raw)
    assert (call.model, call.inputs, call.body) == (
        "text-embedding-3-small",
        inputs,
        json.loads(raw),
    )


@pytest.mark.parametrize(
    "given",
    [None, "", [], [""], ["a", ""], ["a", 5], [[1, 2]], 5, {"a": 1}, ["a"] * 257],
    ids=lambda given: str(given)[:20],
)
def test_a_wrong_input_is_named(given: Any) -> None:
    """Nothing, too many, or no texts."""
    with pytest.raises(Malformed) as caught:
        EmbeddingCall.from_json(embedding(input=given))
    assert caught.value.param == "input"


def test_an_embedding_needs_a_model_too() -> None:
    """The same rule as for chats."""
    with pytest.raises(Malformed) as caught:
        EmbeddingCall.from_json(embedding(model=5))
    assert caught.value.param == "model"


@pytest.mark.parametrize(
    ("given", "usage"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 7}, Usage(5, 7)),
        ({"prompt_tokens": 5, "total_tokens": 5}, Usage(5, 0)),
        ({"prompt_tokens": 5, "completion_tokens": None}, Usage(5, 0)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 3}}, Usage(5, 0, 3)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}, Usage(5, 0, 5)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": -9}}, Usage(5, 0, 0)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {}}, Usage(5, 0)),
        ({"prompt_tokens": 5, "prompt_tokens_details": None}, Usage(5, 0)),
        (None, None),
        ([], None),
        ({}, None),
        ({"prompt_tokens": -5}, None),
        ({"prompt_tokens": "5"}, None),
        ({"prompt_tokens": 5, "completion_tokens": -7}, None),
        ({"prompt_tokens": 5, "completion_tokens": [7]}, None),
    ],
    ids=str,
)
def test_usage_is_read_or_not_believed(given: object, usage: Usage | None) -> None:
    """No usage of a provider can make a call free, or pay the caller."""
    assert Usage.from_json(given) == usage
