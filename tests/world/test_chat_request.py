"""What a chat request may say, and OpenAI's error for everything else."""

from __future__ import annotations

from typing import Any

import pytest

from world.chat_request import Turn, parse_chat
from world.openai_errors import ApiError

OK: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}


def refusal(**change: Any) -> ApiError:
    """Return the error that a changed request meets."""
    with pytest.raises(ApiError) as error:
        parse_chat(OK | change)
    return error.value


def test_a_request_is_read() -> None:
    """What is not said has OpenAI's default."""
    request = parse_chat(OK)
    assert request.turns == (Turn("user", "hi"),)
    assert (request.n, request.limit, request.stop, request.form) == (1, None, (), None)
    assert (request.stream, request.include_usage) == (False, False)


def test_null_is_the_default() -> None:
    """A field that is null is as if it were not there."""
    text = {"response_format": {"type": "text"}}
    assert parse_chat(OK | text) == parse_chat(OK)
    names = "temperature n max_tokens stop stream stream_options tools tool_choice response_format"
    assert parse_chat(OK | dict.fromkeys(names.split())) == parse_chat(OK)


def test_unknown_fields_are_ignored() -> None:
    """Fields of other times and other providers do no harm."""
    assert parse_chat(OK | {"user": "u-1", "metadata": {}, "new": [1]}) == parse_chat(OK)


def test_an_assistant_turn_may_have_no_content() -> None:
    """An assistant that called a tool said nothing; a user cannot say nothing."""
    call: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": []}
    result = {"role": "tool", "tool_call_id": "c", "content": "7"}
    request = parse_chat(OK | {"messages": [*OK["messages"], call, result]})
    assert request.turns[1:] == (Turn("assistant", ""), Turn("tool", "7"))
    assert refusal(messages=[{"role": "user", "content": None}]).code == "invalid_type"


def test_text_parts_are_joined_and_pictures_have_no_text() -> None:
    """A list of parts reads as its texts."""
    picture = {"type": "image_url", "image_url": {"url": "data:"}}
    parts = [{"type": "text", "text": "a"}, picture, {"type": "text", "text": "b"}]
    request = parse_chat(OK | {"messages": [{"role": "user", "content": parts}]})
    assert request.turns[0].text == "a\nb"


def test_the_newer_limit_wins() -> None:
    """`max_completion_tokens` replaces `max_tokens`."""
    assert parse_chat(OK | {"max_tokens": 5, "max_completion_tokens": 7}).limit == 7


@pytest.mark.parametrize(
    ("change", "status", "code", "param"),
    [
        ({"model": None}, 400, None, None),
        ({"model": ["gpt-4o"]}, 400, "invalid_type", "model"),
        ({"model": "gpt-0"}, 404, "model_not_found", None),
        ({"model": "text-embedding-3-small"}, 404, "model_not_found", None),
        ({"messages": None}, 400, "missing_required_parameter", "messages"),
        ({"messages": "hi"}, 400, "invalid_type", "messages"),
        ({"messages": []}, 400, "empty_array", "messages"),
        ({"messages": ["hi"]}, 400, "invalid_type", "messages[0]"),
        ({"messages": [{}]}, 400, "missing_required_parameter", "messages[0].role"),
        ({"messages": [{"role": 5}]}, 400, "invalid_value", "messages[0].role"),
        ({"messages": [{"role": ["user"]}]}, 400, "invalid_value", "messages[0].role"),
        ({"temperature": -0.1}, 400, "decimal_below_min_value", "temperature"),
        ({"temperature": 2.1}, 400, "decimal_above_max_value", "temperature"),
        ({"temperature": "hot"}, 400, "invalid_type", "temperature"),
        ({"temperature": True}, 400, "invalid_type", "temperature"),
        ({"top_p": 1.5}, 400, "decimal_above_max_value", "top_p"),
        ({"presence_penalty": 3}, 400, "decimal_above_max_value", "presence_penalty"),
        ({"n": 0}, 400, "integer_below_min_value", "n"),
        ({"n": 129}, 400, "integer_above_max_value", "n"),
        ({"n": 1.5}, 400, "invalid_type", "n"),
        ({"max_tokens": -1}, 400, "integer_below_min_value", "max_tokens"),
        ({"max_tokens": 16_385}, 400, "invalid_value", "max_tokens"),
        ({"stop": [1]}, 400, "invalid_type", "stop"),
        ({"stop": ["a"] * 5}, 400, "array_above_max_length", "stop"),
        ({"stream": "yes"}, 400, "invalid_type", "stream"),
        ({"stream_options": {}}, 400, "invalid_value", "stream_options"),
        ({"stream": True, "stream_options": []}, 400, "invalid_type", "stream_options"),
        ({"tools": {}}, 400, "invalid_type", "tools"),
        ({"tools": [{}]}, 400, "missing_required_parameter", "tools[0].function"),
        (
            {"tools": [{"function": {}}]},
            400,
            "missing_required_parameter",
            "tools[0].function.name",
        ),
        ({"tool_choice": "required"}, 400, "invalid_value", "tool_choice"),
        ({"tools": [TOOL], "tool_choice": "some"}, 400, "invalid_value", "tool_choice"),
        (
            {"tools": [TOOL], "tool_choice": {"function": {"name": "g"}}},
            400,
            "invalid_value",
            "tool_choice",
        ),
        (
            {"tools": [{"function": {"name": "f", "parameters": 5}}]},
            400,
            "invalid_type",
            "tools[0].function.parameters",
        ),
        ({"response_format": {"type": "xml"}}, 400, "invalid_value", "response_format.type"),
        (
            {"response_format": {"type": "json_schema"}},
            400,
            "missing_required_parameter",
            "response_format.json_schema",
        ),
    ],
)
def test_what_makes_no_sense_is_named(
    change: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    """Each mistake has its status, its code and the name of the field."""
    error = refusal(**change)
    assert (error.status, error.code, error.param) == (status, code, param)


@pytest.mark.parametrize(
    ("content", "code", "param"),
    [
        (5, "invalid_type", "messages[0].content"),
        ([], "empty_array", "messages[0].content"),
        (["hi"], "invalid_type", "messages[0].content[0]"),
        ([{"type": "song"}], "invalid_value", "messages[0].content[0].type"),
        ([{"type": "text", "text": 5}], "invalid_type", "messages[0].content[0].text"),
        ([{"type": "text"}], "missing_required_parameter", "messages[0].content[0].text"),
    ],
)
def test_content_that_is_no_text_is_named(content: Any, code: str, param: str) -> None:
    """Content is a string or a list of known parts."""
    error = refusal(messages=[{"role": "user", "content": content}])
    assert (error.code, error.param) == (code, param)


def test_prompt_and_answer_must_fit_the_window_together() -> None:
    """A prompt that leaves no room for the answer it asks for is too long."""
    long = [{"role": "user", "content": "word " * 120_000}]
    assert parse_chat(OK | {"messages": long, "max_tokens": 100}).tokens_in > 120_000
    error = refusal(messages=long, max_tokens=10_000)
    assert (error.code, error.param) == ("context_length_exceeded", "messages")
