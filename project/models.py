"""The caller's JSON, checked as far as this API acts on it; everything else passes through.

The hot path does not re-model the body: it reads the few fields it decides on, bounds what could
hurt, and hands the rest to the provider as it came.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from project.errors import Malformed

Json: TypeAlias = dict[str, Any]

MAX_MESSAGES = 256
MAX_CHOICES = 8
MAX_OUTPUT_TOKENS = 16_384
MAX_INPUTS = 256
ROLES = {"system", "developer", "user", "assistant", "tool", "function"}


@dataclass(frozen=True, slots=True)
class ChatCall:
    """A chat completion that somebody asks for; `size` is its body's length in bytes."""

    model: str
    messages: list[Json]
    max_tokens: int
    choices: int
    stream: bool
    size: int
    body: Json = field(repr=False)

    @classmethod
    def from_json(cls, raw: bytes) -> ChatCall:
        """Read a body; raises `Malformed` naming the field that is wrong."""
        body = _object(raw)
        return cls(
            model=_model(body),
            messages=_messages(body),
            max_tokens=max(_tokens(body, "max_tokens"), _tokens(body, "max_completion_tokens")),
            choices=_integer(body, "n", low=1, high=MAX_CHOICES, default=1),
            stream=_flag(body, "stream"),
            size=len(raw),
            body=body,
        )


@dataclass(frozen=True, slots=True)
class EmbeddingCall:
    """Embeddings that somebody asks for."""

    model: str
    inputs: list[str]
    body: Json = field(repr=False)

    @classmethod
    def from_json(cls, raw: bytes) -> EmbeddingCall:
        """Read a body; raises `Malformed` naming the field that is wrong."""
        body = _object(raw)
        given = body.get("input")
        inputs = [given] if isinstance(given, str) else given
        if not isinstance(inputs, list) or not inputs or len(inputs) > MAX_INPUTS:
            raise Malformed(f"input must be a text or 1 to {MAX_INPUTS} texts", param="input")
        if not all(isinstance(text, str) and text for text in inputs):
            raise Malformed("every input must be a text that is not empty", param="input")
        return cls(_model(body), inputs, body)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the provider counted them."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    @classmethod
    def from_json(cls, usage: object) -> Usage | None:
        """Read the provider's `usage` object; None when there is none that can be believed."""
        if not isinstance(usage, dict):
            return None
        details = usage.get("prompt_tokens_details")
        cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else 0
        tokens_in = _count(usage.get("prompt_tokens"))
        tokens_out = _count(usage.get("completion_tokens") or 0)
        if tokens_in is None or tokens_out is None:
            return None
        return cls(tokens_in, tokens_out, min(cached or 0, tokens_in))


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _object(raw: bytes) -> Json:
    """Parse JSON strictly: no NaN, no invalid UTF-8, no bottomless nesting."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"the body is not valid JSON: {error.msg}") from None
    if not isinstance(body, dict):
        raise Malformed("the body must be a JSON object")
    _require_writable(body)
    return body


def _require_writable(body: Json) -> None:
    """Refuse what could be read but not be written again: orjson reads 1,024 levels, writes 254.

    Four levels are spare for what is later wrapped round a part of the body.
    """
    try:
        orjson.dumps([[[[body]]]])
    except orjson.JSONEncodeError:
        raise Malformed("the body is nested too deep") from None


def _model(body: Json) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not 0 < len(model) <= 128:
        raise Malformed("model must be the name of a model", param="model")
    return model


def _messages(body: Json) -> list[Json]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not 0 < len(messages) <= MAX_MESSAGES:
        raise Malformed(f"messages must be a list of 1 to {MAX_MESSAGES}", param="messages")
    for place, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if not isinstance(role, str) or role not in ROLES:
            roles = ", ".join(sorted(ROLES))
            raise Malformed(f"role must be one of {roles}", param=f"messages[{place}].role")
        if not isinstance(message.get("content"), str | list | None):
            raise Malformed("content must be text or parts", param=f"messages[{place}].content")
    return messages


def _tokens(body: Json, name: str) -> int:
    return _integer(body, name, low=1, high=MAX_OUTPUT_TOKENS, default=0)


def _integer(body: Json, name: str, *, low: int, high: int, default: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Malformed(f"{name} must be a whole number from {low} to {high}", param=name)
    return value


def _flag(body: Json, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"{name} must be true or false", param=name)
    return bool(value)
