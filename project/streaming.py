"""Streamed answers: relayed event by event, put together for the cache, replayed from it.

The last event with a choice is held back until the provider's usage is known, so that every client
finds `usage` (with `cost_usd`) in it, also one that never asked for a usage event.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from project.models import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from project.models import ChatCall

DONE = b"data: [DONE]\n\n"
CHUNK = "chat.completion.chunk"
_WORD = re.compile(r"\s*\S+|\s+")


def sse(event: dict[str, Any]) -> bytes:
    """Write one server-sent event."""
    return b"data: " + orjson.dumps(event) + b"\n\n"


def upstream_body(call: ChatCall) -> bytes:
    """Return the caller's body, with usage asked for when it streams."""
    if not call.stream:
        return orjson.dumps(call.body)
    options = call.body.get("stream_options")
    asked = options if isinstance(options, dict) else {}
    return orjson.dumps({**call.body, "stream_options": {**asked, "include_usage": True}})


def wants_usage(call: ChatCall) -> bool:
    """Say whether the caller asked for a usage event of its own."""
    options = call.body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


class StreamedReply:
    """What has come of a streamed answer so far."""

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.pieces = 0
        self._text: list[str] = []
        self._head: dict[str, Any] = {}
        self._finish: dict[str, Any] | None = None
        self._usage: dict[str, Any] = {}
        self._usage_event: dict[str, Any] | None = None
        self._plain = True

    def take(self, event: dict[str, Any]) -> bytes | None:
        """Note one event; return what the caller gets now, None while it is held back."""
        self._head = self._head or _head(event)
        if (usage := Usage.from_json(event.get("usage"))) is not None:
            self.usage = usage
            self._usage = event["usage"]
        choices = event.get("choices")
        if not choices:
            self._usage_event = event
            return None
        self._note(choices[0])
        if choices[0].get("finish_reason") and self._finish is None and len(choices) == 1:
            self._finish = event
            return None
        return sse(event)

    def ending(self, *, cost_usd: str, own_usage_event: bool) -> Iterator[bytes]:
        """Yield the events that were held back, with the cost in the last."""
        if own_usage_event:
            if self._finish is not None:
                yield sse(self._finish)
            last = self._usage_event or {**self._head, "choices": []}
        else:
            last = self._finish or _chunk(self._head, {})
        yield sse({**last, "usage": {**self._usage, "cost_usd": cost_usd}})
        yield DONE

    def completion(self) -> dict[str, Any] | None:
        """Return the whole answer as one completion; None if it may not be kept."""
        finish = self._finish["choices"][0]["finish_reason"] if self._finish else None
        if finish != "stop" or not self._plain or self.usage is None:
            return None
        message = {"role": "assistant", "content": "".join(self._text)}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": self._usage,
        }

    def _note(self, choice: dict[str, Any]) -> None:
        delta = choice.get("delta") or {}
        if content := delta.get("content"):
            self.pieces += 1
            self._text.append(content)
        if any(delta[key] for key in delta.keys() - {"role", "content"}):
            self._plain = False


def replay(completion: dict[str, Any], *, own_usage_event: bool) -> Iterator[bytes]:
    """Yield a kept answer as a stream, word by word, as the provider would have sent it."""
    head = _head(completion)
    choice = completion["choices"][0]
    yield sse(_chunk(head, {"role": "assistant", "content": ""}))
    for word in _WORD.findall(choice["message"].get("content") or ""):
        yield sse(_chunk(head, {"content": word}))
    usage = {**completion.get("usage", {}), "cost_usd": "0.00"}
    finish = _chunk(head, {}, choice.get("finish_reason"))
    if own_usage_event:
        yield sse(finish)
        yield sse({**head, "choices": [], "usage": usage})
    else:
        yield sse({**finish, "usage": usage})
    yield DONE


def _head(event: dict[str, Any]) -> dict[str, Any]:
    return {**{key: event.get(key) for key in ("id", "created", "model")}, "object": CHUNK}


def _chunk(
    head: dict[str, Any], delta: dict[str, Any], finish: str | None = None
) -> dict[str, Any]:
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
