"""Streams: relayed as they come, ended with usage and cost, put together and taken apart again."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from project.models import ChatCall, Usage
from project.streaming import DONE, StreamedReply, replay, sse, upstream_body, wants_usage

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = {"id": "chatcmpl-1", "created": 7, "model": "gpt-4o", "object": "chat.completion.chunk"}
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
COSTED = {**USAGE, "cost_usd": "0.01"}
TEXT = "Hello there"


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    """Write one event of one choice."""
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


FINISH = chunk({}, "stop")
USAGE_EVENT = {**HEAD, "choices": [], "usage": USAGE}
PIECES = [chunk({"role": "assistant", "content": ""}), *(chunk({"content": c}) for c in TEXT)]
EVENTS = [*PIECES, FINISH, USAGE_EVENT]


def read(data: Iterable[bytes]) -> list[dict[str, Any]]:
    """Read a stream as a client does; it ends with [DONE]."""
    *events, done = data
    assert done == DONE
    assert all(event.startswith(b"data: ") and event.endswith(b"\n\n") for event in events)
    return [json.loads(event[6:]) for event in events]


def relayed(
    events: list[dict[str, Any]], *, own: bool
) -> tuple[list[dict[str, Any]], StreamedReply]:
    """Return what a client gets of a provider's events, and what was noted of them."""
    reply = StreamedReply()
    sent = [data for event in events if (data := reply.take(event)) is not None]
    return read([*sent, *reply.ending(cost_usd="0.01", own_usage_event=own)]), reply


def text_of(events: list[dict[str, Any]]) -> str:
    """Put a client's text together."""
    return "".join(e["choices"][0]["delta"].get("content", "") for e in events if e["choices"])


def call(**fields: Any) -> ChatCall:
    """Read a chat call."""
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], **fields}
    return ChatCall.from_json(json.dumps(body).encode())


def test_every_piece_is_passed_on_as_it_comes() -> None:
    """Nothing of the text is held back."""
    reply = StreamedReply()
    assert [reply.take(event) for event in PIECES] == [sse(event) for event in PIECES]
    assert (reply.pieces, reply.usage) == (len(TEXT), None)


def test_who_did_not_ask_finds_usage_in_the_last_event() -> None:
    """The finish is held back until usage and cost can be put into it."""
    events, reply = relayed(EVENTS, own=False)
    assert events == [*PIECES, {**FINISH, "usage": COSTED}]
    assert reply.usage == Usage(5, 2)


def test_who_asked_for_a_usage_event_gets_one_of_its_own() -> None:
    """The finish is as the provider sent it, and the cost comes last."""
    events, _ = relayed(EVENTS, own=True)
    assert events == [*PIECES, FINISH, {**USAGE_EVENT, "usage": COSTED}]


@pytest.mark.parametrize("own", [True, False])
def test_usage_may_come_with_the_finish(own: bool) -> None:
    """Some providers send no event for it; nothing is sent twice."""
    finish = {**FINISH, "usage": USAGE}
    events, reply = relayed([*PIECES, finish], own=own)
    last = {**HEAD, "choices": [], "usage": COSTED} if own else {**finish, "usage": COSTED}
    assert events == [*PIECES, *([finish] if own else []), last]
    assert reply.completion() is not None


@pytest.mark.parametrize("own", [True, False])
def test_usage_that_never_comes_is_no_reason_to_hide_the_cost(own: bool) -> None:
    """The stream ends with the cost alone, and is not kept."""
    events, reply = relayed([*PIECES, FINISH], own=own)
    assert events[-1]["usage"] == {"cost_usd": "0.01"}
    assert [e["choices"][0]["finish_reason"] for e in events if e["choices"]][-1] == "stop"
    assert (reply.usage, reply.completion()) == (None, None)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("usage", [[], [USAGE_EVENT]], ids=["no usage", "usage"])
def test_a_stream_without_a_finish_is_told_and_not_kept(
    own: bool, usage: list[dict[str, Any]]
) -> None:
    """Clients that look at the first choice find one, unless they asked for an event without."""
    events, reply = relayed([*PIECES, *usage], own=own)
    assert events[:-1] == PIECES
    assert events[-1]["usage"]["cost_usd"] == "0.01"
    assert bool(events[-1]["choices"]) is not own
    assert reply.completion() is None


def test_an_event_without_choices_at_the_start_is_nobodys() -> None:
    """Some providers send their filters' results first; the usage event is still the last."""
    events, _ = relayed([{**HEAD, "choices": [], "filters": 1}, *EVENTS], own=True)
    assert events == [*PIECES, FINISH, {**USAGE_EVENT, "usage": COSTED}]


def test_several_choices_are_passed_on() -> None:
    """Each choice's finish reaches the client."""
    other = chunk({}, "stop")
    other["choices"][0]["index"] = 1
    events, _ = relayed([*PIECES, FINISH, other, USAGE_EVENT], own=True)
    assert [e["choices"][0]["index"] for e in events[-3:-1]] == [1, 0]


def test_a_whole_stream_is_a_completion() -> None:
    """What the cache keeps is what a caller that does not stream gets."""
    _, reply = relayed([*PIECES, chunk({"content": "!"}, "stop"), USAGE_EVENT], own=False)
    message = {"role": "assistant", "content": TEXT + "!"}
    assert reply.completion() == {
        **HEAD,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": USAGE,
    }


@pytest.mark.parametrize("reason", ["length", "content_filter", "tool_calls", "function_call"])
def test_what_ended_otherwise_is_not_kept(reason: str) -> None:
    """A cut or filtered answer is nobody else's."""
    events, reply = relayed([*PIECES, chunk({}, reason), USAGE_EVENT], own=False)
    assert events[-1]["choices"][0]["finish_reason"] == reason
    assert reply.completion() is None


@pytest.mark.parametrize(
    ("delta", "kept"),
    [
        ({"tool_calls": [{"index": 0}]}, False),
        ({"function_call": {"name": "f"}}, False),
        ({"refusal": "I will not"}, False),
        ({"audio": {"id": "a"}}, False),
        ({"reasoning": "because"}, False),
        ({"refusal": None, "tool_calls": None, "function_call": None}, True),
    ],
    ids=str,
)
def test_only_plain_text_is_kept(delta: dict[str, Any], kept: bool) -> None:
    """What a completion of text alone would lose is not kept; empty fields are nothing."""
    events, reply = relayed([*PIECES, chunk(delta), FINISH, USAGE_EVENT], own=False)
    assert chunk(delta) in events
    assert (reply.completion() is not None) is kept


def completion(text: str | None) -> dict[str, Any]:
    """Write a kept answer."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**HEAD, "object": "chat.completion", "choices": [choice], "usage": USAGE}


@pytest.mark.parametrize("own", [True, False])
def test_a_replay_is_a_stream_like_any_other(own: bool) -> None:
    """Role first, words, finish, usage; and it cost nothing."""
    events = read(replay(completion("Hello  there\n"), own_usage_event=own))
    usage = {**USAGE, "cost_usd": "0.00"}
    ending = (
        [FINISH, {**HEAD, "choices": [], "usage": usage}] if own else [{**FINISH, "usage": usage}]
    )
    words = [chunk({"content": word}) for word in ("Hello", "  there", "\n")]
    assert events == [chunk({"role": "assistant", "content": ""}), *words, *ending]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "a", " a", "a ", "a\u00a0b\u2003", "\x00\u2028", None]
)
def test_a_replay_has_the_text_of_the_answer(text: str | None) -> None:
    """To the last blank."""
    assert text_of(read(replay(completion(text), own_usage_event=False))) == (text or "")


def test_a_replay_has_any_text_of_the_answer() -> None:
    """Whatever it is made of."""
    dice = random.Random(5)
    texts = [
        "".join(dice.choices("ab .\n\t\u00e9\U0001f600", k=dice.randrange(60))) for _ in range(300)
    ]
    played = [text_of(read(replay(completion(t), own_usage_event=True))) for t in texts]
    assert played == texts


@pytest.mark.parametrize("text", [" " * 200_000, "a" + " " * 200_000 + "b", "x" * 200_000 + " y"])
def test_odd_answers_are_taken_apart_in_no_time(text: str) -> None:
    """Endless blanks and endless words do not hold the worker up."""
    assert text_of(read(replay(completion(text), own_usage_event=False))) == text


def test_what_was_relayed_can_be_replayed() -> None:
    """A stream that was kept is the same stream for the next caller, but for its cost."""
    _, reply = relayed(EVENTS, own=False)
    kept = reply.completion()
    assert kept is not None
    again, reply = relayed(read(replay(kept, own_usage_event=True)), own=False)
    assert text_of(again) == TEXT
    assert again[-1]["usage"]["prompt_tokens"] == 5


def test_a_whole_call_goes_on_as_it_came() -> None:
    """Nothing is asked for that the caller did not ask for."""
    plain = call(temperature=0.5)
    assert json.loads(upstream_body(plain)) == plain.body


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (None, {"include_usage": True}),
        ({"include_usage": False}, {"include_usage": True}),
        ({"include_obfuscation": False}, {"include_obfuscation": False, "include_usage": True}),
        ("odd", {"include_usage": True}),
    ],
    ids=str,
)
def test_of_a_stream_usage_is_always_asked(options: Any, sent: dict[str, Any]) -> None:
    """The caller's other options stay."""
    body = json.loads(upstream_body(call(stream=True, stream_options=options)))
    assert body["stream_options"] == sent


@pytest.mark.parametrize(
    ("options", "wanted"),
    [(None, False), ({}, False), ({"include_usage": True}, True), ({"include_usage": 1}, False)],
    ids=str,
)
def test_a_usage_event_is_for_who_asked(options: Any, wanted: bool) -> None:
    """Only `true` is asking."""
    assert wants_usage(call(stream=True, stream_options=options)) is wanted
