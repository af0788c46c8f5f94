"""What shapes an answer, and which answers may be shared at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from project.models import ChatCall
from project.questions import LONGEST, cacheable, question_of, standalone
from project.tenants import Tenant
from project.tracing import TraceContext
from project.trail import Trail

if TYPE_CHECKING:
    from project.patterns.semantic_cache import Question

USER = {"role": "user", "content": "Where is my order?"}
SYSTEM = {"role": "system", "content": "You are a clerk."}


def call(**fields: Any) -> ChatCall:
    """Read a chat call."""
    return ChatCall.from_json(
        json.dumps({"model": "gpt-4o", "messages": [USER], **fields}).encode()
    )


def question(*, tenant: str = "shop", prompt_version: str = "", **fields: Any) -> Question:
    """Return the question of a call."""
    trail = Trail(None, "req", TraceContext.from_header(None), prompt_version)
    trail.tenant = Tenant(tenant, "free")
    return question_of(call(**fields), trail)


@pytest.mark.parametrize(
    "fields",
    [{}, {"temperature": 0}, {"temperature": 1.0}, {"n": 1}, {"tools": []}, {"logprobs": False}],
    ids=str,
)
def test_an_ordinary_call_may_be_kept(fields: dict[str, Any]) -> None:
    """Also one that says what is so anyway."""
    assert cacheable(call(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 2},
        {"temperature": 1.01},
        {"temperature": 2},
        {"tools": [{"type": "function"}]},
        {"functions": [{"name": "f"}]},
        {"modalities": ["audio"]},
        {"audio": {"voice": "x"}},
        {"logprobs": True},
        {"web_search_options": {"a": 1}},
    ],
    ids=str,
)
def test_what_is_meant_to_differ_is_not_kept(fields: dict[str, Any]) -> None:
    """Several choices, hot temperatures, tools, sounds, the web; and what a replay would lose."""
    assert not cacheable(call(**fields))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"tenant": "bank"}),
        ({}, {"model": "gpt-4o-mini"}),
        ({}, {"prompt_version": "2"}),
        ({}, {"messages": [SYSTEM, USER]}),
        ({"messages": [SYSTEM, USER]}, {"messages": [{**SYSTEM, "role": "developer"}, USER]}),
        ({}, {"temperature": 0}),
        ({}, {"max_tokens": 5}),
        ({}, {"response_format": {"type": "json_object"}}),
        ({"seed": 1}, {"seed": 2}),
    ],
    ids=str,
)
def test_what_shapes_the_answer_makes_another_namespace(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Parameters and instructions are part of the prompt's version."""
    places = [(q.tenant, q.model, q.prompt_version) for q in (question(**one), question(**other))]
    assert places[0] != places[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"stream": True},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"user": "u-1"},
        {"metadata": {"a": "b"}},
        {"store": False},
    ],
    ids=str,
)
def test_what_does_not_shape_the_answer_changes_nothing(fields: dict[str, Any]) -> None:
    """A streamed question finds the answer of a whole one."""
    assert question(**fields) == question()


def test_the_order_of_keys_changes_nothing() -> None:
    """Two spellings of one object are one question."""
    turned = {"content": USER["content"], "role": "user"}
    assert question(messages=[turned]) == question()


@pytest.mark.parametrize(
    "messages",
    [
        [{**USER, "content": "Where is my order ?"}],
        [{**USER, "name": "ann"}],
        [USER, {"role": "assistant", "content": "Here."}, USER],
        [{**USER, "content": [{"type": "text", "text": "Where is my order?"}]}],
    ],
    ids=str,
)
def test_other_messages_are_another_question(messages: list[dict[str, Any]]) -> None:
    """The exact tier answers only the same messages."""
    assert question(messages=messages).content != question().content


@pytest.mark.parametrize("before", [[], [SYSTEM], [SYSTEM, {**SYSTEM, "role": "developer"}]])
def test_one_turn_of_the_user_stands_alone(before: list[dict[str, Any]]) -> None:
    """Instructions are no turns."""
    assert standalone([*before, USER]) == "Where is my order?"


@pytest.mark.parametrize(
    "messages",
    [
        [SYSTEM],
        [USER, USER],
        [USER, {"role": "assistant", "content": "Here."}, USER],
        [{"role": "assistant", "content": "Here."}],
        [{"role": "user", "content": " \n"}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": None}],
        [{"role": "user"}],
        [{"role": "user", "content": [{"type": "text", "text": "Where?"}]}],
        [{**USER, "name": "ann"}],
        [{"role": "user", "content": "x" * (LONGEST + 1)}],
    ],
    ids=lambda messages: str(messages)[:60],
)
def test_what_does_not_stand_alone_has_no_text(messages: list[dict[str, Any]]) -> None:
    """History, parts, names, nothing, and texts of pages: only the exact tier may answer."""
    assert standalone(messages) is None


def test_a_long_question_may_just_be_embedded() -> None:
    """The bound itself is within."""
    assert standalone([{"role": "user", "content": "x" * LONGEST}]) == "x" * LONGEST
