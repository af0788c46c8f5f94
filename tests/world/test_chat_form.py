"""Answers in JSON: the plainest value of a schema around the answer's text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from world.chat_form import Form, fill


def filled(schema: dict[str, Any]) -> Any:
    """Fill a schema of one property `x` and return its value."""
    text = fill(Form(None, {"type": "object", "properties": {"x": schema}}), "text")
    return json.loads(text)["x"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "text"),
        ({"type": ["string", "null"]}, "text"),
        ({"type": "integer"}, 0),
        ({"type": "number", "minimum": 1.5}, 1.5),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": 7}, 7),
        ({"anyOf": [{"type": "boolean"}, {"type": "string"}]}, False),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, ["text"]),
        ({"type": "object", "properties": {"y": {"type": "string"}}}, {"y": "text"}),
        ({"type": "object"}, {}),
        ({}, "text"),
        ({"type": "object", "properties": 5}, {}),
        ({"type": []}, "text"),
    ],
    ids=str,
)
def test_a_schema_is_filled_in_the_plainest_way(schema: dict[str, Any], value: Any) -> None:
    """Every type of a schema has one plain value."""
    assert filled(schema) == value


def test_without_properties_the_field_is_answer() -> None:
    """JSON without a schema has one field."""
    assert json.loads(fill(Form(None, {}), "text")) == {"answer": "text"}


def test_a_bottomless_schema_ends() -> None:
    """Nesting has an end."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(500):
        schema = {"type": "object", "properties": {"x": schema}}
    assert len(fill(Form(None, schema), "text")) < 1_000
