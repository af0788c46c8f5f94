"""The form of an answer that is no plain text: JSON mode, a JSON schema, or a tool's arguments.

The provider fills a schema in the plainest way: strings hold the answer's text (which names the
intent), numbers are as small as allowed, and only required or named properties appear.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from world.openai_errors import invalid, missing, wrong_type

DEEPEST = 16


class Form(NamedTuple):
    """JSON of this schema; the arguments of `tool`, if one is named."""

    tool: str | None
    schema: dict[str, Any]


def form_of(body: dict[str, Any]) -> Form | None:
    """Return the form that a request asks for, None for plain text, or raise ApiError."""
    return _tool_form(body) or _json_form(body)


def fill(form: Form, text: str) -> str:
    """Return JSON of this form around `text`; a schema without properties gets `answer`."""
    schema = form.schema if form.schema.get("properties") else _PLAIN
    return orjson.dumps(_instance(schema, text, DEEPEST)).decode()


def _instance(schema: Any, text: str, depth: int) -> Any:
    if not isinstance(schema, dict) or not depth:
        return None
    if "const" in schema:
        return schema["const"]
    for key in ("enum", "anyOf", "oneOf"):
        options = schema.get(key)
        if isinstance(options, list) and options:
            return options[0] if key == "enum" else _instance(options[0], text, depth - 1)
    kind = schema.get("type")
    return _of_type(kind[0] if isinstance(kind, list) and kind else kind, schema, text, depth)


def _of_type(kind: Any, schema: dict[str, Any], text: str, depth: int) -> Any:
    if kind == "object":
        properties = schema.get("properties")
        named = properties if isinstance(properties, dict) else {}
        return {name: _instance(inner, text, depth - 1) for name, inner in named.items()}
    if kind == "array":
        return [_instance(schema.get("items"), text, depth - 1)] if schema.get("minItems") else []
    if kind in ("number", "integer"):
        return schema.get("minimum", 0)
    if kind == "boolean":
        return False
    return None if kind == "null" else text


_PLAIN = {"type": "object", "properties": {"answer": {"type": "string"}}}


def _tool_form(body: dict[str, Any]) -> Form | None:
    tools = _functions(body.get("tools"))
    choice = body.get("tool_choice")
    if choice is None or choice in ("none", "auto"):
        return None
    if not tools:
        raise invalid("tool_choice", "only allowed when 'tools' are specified.")
    if choice == "required":
        return next(iter(tools.values()))
    named = choice.get("function") if isinstance(choice, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    if not isinstance(name, str) or name not in tools:
        words = "expected none, auto, required, or a function that 'tools' name."
        raise invalid("tool_choice", words)
    return tools[name]


def _functions(tools: Any) -> dict[str, Form]:
    if tools is None:
        return {}
    if not isinstance(tools, list):
        raise wrong_type("tools", "an array of objects", tools)
    return {form.tool or "": form for form in map(_function, range(len(tools)), tools)}


def _function(i: int, tool: Any) -> Form:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        raise missing(f"tools[{i}].function")
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise missing(f"tools[{i}].function.name")
    return Form(name, _schema(f"tools[{i}].function.parameters", function.get("parameters")))


def _json_form(body: dict[str, Any]) -> Form | None:
    wanted = body.get("response_format")
    if wanted is None:
        return None
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "text":
        return None
    if kind == "json_object":
        return Form(None, {})
    if kind != "json_schema":
        raise invalid("response_format.type", "expected text, json_object or json_schema.")
    named = wanted.get("json_schema")
    if not isinstance(named, dict):
        raise missing("response_format.json_schema")
    return Form(None, _schema("response_format.json_schema.schema", named.get("schema")))


def _schema(where: str, schema: Any) -> dict[str, Any]:
    if schema is None:
        return {}
    if not isinstance(schema, dict):
        raise wrong_type(where, "an object", schema)
    return schema
