"""Read a chat completion request as strictly as OpenAI does, with its errors and its words.

Fields that change nothing here (seed, user, metadata, ...) are accepted and ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

from world.chat_form import Form, form_of
from world.models import CHAT_MODELS
from world.openai_errors import ApiError, invalid, missing, too_long, unknown_model, wrong_type
from world.tokens import prompt_tokens

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
# Part type -> the field that holds its text, if it has any.
PARTS = {"text": "text", "refusal": "refusal", "image_url": "", "input_audio": "", "file": ""}


class Turn(NamedTuple):
    """One message: who said what."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat completion request that makes sense; `limit` is the longest answer in tokens."""

    model: str
    turns: tuple[Turn, ...]
    tokens_in: int
    n: int
    limit: int | None
    stop: tuple[str, ...]
    form: Form | None
    stream: bool
    include_usage: bool


class _Bounds(NamedTuple):
    low: float
    high: float
    whole: bool


_BOUNDS = {
    "temperature": _Bounds(0, 2, whole=False),
    "top_p": _Bounds(0, 1, whole=False),
    "presence_penalty": _Bounds(-2, 2, whole=False),
    "frequency_penalty": _Bounds(-2, 2, whole=False),
    "n": _Bounds(1, 128, whole=True),
    "max_tokens": _Bounds(1, inf, whole=True),
    "max_completion_tokens": _Bounds(1, inf, whole=True),
    "top_logprobs": _Bounds(0, 20, whole=True),
    "seed": _Bounds(-(2**63), 2**63 - 1, whole=True),
}


def parse_chat(body: dict[str, Any]) -> ChatRequest:
    """Return the request of a JSON body, or raise the ApiError that OpenAI would answer with."""
    model = model_of(body)
    limits = CHAT_MODELS.get(model)
    if limits is None:
        raise unknown_model(model)
    turns = _turns(body)
    for param in _BOUNDS.keys() & body.keys():
        _check_number(param, body[param], _BOUNDS[param])
    stream = _flag(body, "stream")
    request = ChatRequest(
        model=model,
        turns=turns,
        tokens_in=prompt_tokens(turn.text for turn in turns),
        n=body.get("n") or 1,
        limit=_limit(body, limits.output),
        stop=_stop(body),
        form=form_of(body),
        stream=stream,
        include_usage=_include_usage(body, stream=stream),
    )
    wanted = request.tokens_in + (request.limit or 0)
    if wanted > limits.context:
        raise too_long(limit=limits.context, got=wanted, param="messages")
    return request


def model_of(body: dict[str, Any]) -> str:
    """Return the model that a body names, which need not exist."""
    model = body.get("model")
    if model is None or model == "":
        raise ApiError("you must provide a model parameter")
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    return model


def _turns(body: dict[str, Any]) -> tuple[Turn, ...]:
    messages = body.get("messages")
    if messages is None:
        raise missing("messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise invalid("messages", "empty array. Expected at least 1 message.", "empty_array")
    return tuple(_turn(f"messages[{i}]", message) for i, message in enumerate(messages))


def _turn(where: str, message: Any) -> Turn:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object", message)
    role = message.get("role")
    if role is None:
        raise missing(f"{where}.role")
    if role not in ROLES:
        raise invalid(f"{where}.role", f"supported values are {', '.join(ROLES)}.")
    content = message.get("content")
    if isinstance(content, str):
        return Turn(role, content)
    if content is None and role == "assistant":
        return Turn(role, "")
    return Turn(role, _joined_parts(f"{where}.content", content))


def _joined_parts(where: str, content: Any) -> str:
    if not isinstance(content, list):
        raise wrong_type(where, "a string or an array of parts", content)
    if not content:
        raise invalid(where, "empty array. Expected at least 1 part.", "empty_array")
    return "\n".join(filter(None, (_part(f"{where}[{i}]", p) for i, p in enumerate(content))))


def _part(where: str, part: Any) -> str:
    if not isinstance(part, dict):
        raise wrong_type(where, "an object", part)
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in PARTS:
        raise invalid(f"{where}.type", f"supported values are {', '.join(PARTS)}.")
    if not (field := PARTS[kind]):
        return ""
    text = part.get(field)
    if text is None:
        raise missing(f"{where}.{field}")
    if not isinstance(text, str):
        raise wrong_type(f"{where}.{field}", "a string", text)
    return text


def _check_number(param: str, value: Any, bounds: _Bounds) -> None:
    word = "integer" if bounds.whole else "decimal"
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int if bounds.whole else (int, float)):
        raise wrong_type(param, f"a{'n' * bounds.whole} {word}", value)
    if value > bounds.high:
        reason = f"{word} above maximum value. Expected at most {bounds.high}, but got {value}."
        raise invalid(param, reason, f"{word}_above_max_value")
    if value < bounds.low:
        reason = f"{word} below minimum value. Expected at least {bounds.low}, but got {value}."
        raise invalid(param, reason, f"{word}_below_min_value")


def _limit(body: dict[str, Any], most: int) -> int | None:
    for param in ("max_completion_tokens", "max_tokens"):
        limit: int | None = body.get(param)
        if limit is None:
            continue
        if limit > most:
            raise invalid(param, f"this model supports at most {most} completion tokens.")
        return limit
    return None


def _stop(body: dict[str, Any]) -> tuple[str, ...]:
    stop = body.get("stop")
    texts = stop if isinstance(stop, list) else [] if stop is None else [stop]
    if not all(isinstance(text, str) for text in texts):
        raise wrong_type("stop", "a string or an array of strings", stop)
    if len(texts) > 4:
        raise invalid("stop", "expected at most 4 sequences.", "array_above_max_length")
    return tuple(filter(None, texts))


def _flag(body: dict[str, Any], param: str) -> bool:
    value = body.get(param)
    if value is not None and not isinstance(value, bool):
        raise wrong_type(param, "a boolean", value)
    return bool(value)


def _include_usage(body: dict[str, Any], *, stream: bool) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not isinstance(options, dict):
        raise wrong_type("stream_options", "an object", options)
    if not stream:
        raise invalid("stream_options", "only allowed when 'stream' is enabled.")
    return _flag(options, "include_usage")
