"""Write a chat completion as OpenAI does: one JSON body, or a stream of one token a chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson

from world.answers import answer
from world.chat_form import fill
from world.chat_request import parse_chat
from world.reply import Events
from world.tokens import pieces

if TYPE_CHECKING:
    from world.answers import Knowledge
    from world.chat_request import ChatRequest
    from world.reply import Stamp

FINGERPRINT = "fp_world"
DONE = b"data: [DONE]\n\n"
_EVENT_END = b"\n\n"

Finish = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class ChatReply:
    """The answer to one request; `pieces` are the tokens of each of its choices."""

    request: ChatRequest
    pieces: tuple[str, ...]
    finish: Finish

    @classmethod
    def to(cls, body: dict[str, Any], knowledge: Knowledge | None) -> ChatReply:
        """Read a request and answer it; ApiError if the request makes no sense."""
        request = parse_chat(body)
        text = answer(request.turns, knowledge)
        if request.form:
            text = fill(request.form, text)
        tokens = pieces(_until(text, request.stop))
        if request.limit is not None and request.limit < len(tokens):
            return cls(request, tokens[: request.limit], "length")
        calls_tool = request.form is not None and request.form.tool is not None
        return cls(request, tokens, "tool_calls" if calls_tool else "stop")

    @property
    def model(self) -> str:
        """The model that was asked."""
        return self.request.model

    @property
    def streamed(self) -> bool:
        """Whether the caller asked for a stream."""
        return self.request.stream

    @property
    def tokens_in(self) -> int:
        """The tokens of the prompt."""
        return self.request.tokens_in

    @property
    def tokens_out(self) -> int:
        """The tokens of all choices together."""
        return len(self.pieces) * self.request.n

    async def body(self, stamp: Stamp) -> bytes:
        """Return the plain answer."""
        message = self._message("".join(self.pieces), stamp)
        choices = [
            {"index": i, "message": message, "logprobs": None, "finish_reason": self.finish}
            for i in range(self.request.n)
        ]
        head = self._head("chat.completion", stamp)
        return orjson.dumps(head | {"choices": choices, "usage": self._usage()})

    def events(self, stamp: Stamp) -> Events:
        """Return the streamed answer: the role first, then the tokens, then finish and usage."""
        choices = range(self.request.n)
        opening = [self._event(stamp, i, self._opening_delta(stamp)) for i in choices]
        closing = [self._event(stamp, i, {}, self.finish) for i in choices]
        if self.request.include_usage:
            head = self._head("chat.completion.chunk", stamp)
            closing.append(_data(head | {"choices": [], "usage": self._usage()}))
        tokens = [event for i in choices for event in self._token_events(stamp, i)]
        return Events(b"".join(opening), tokens, b"".join([*closing, DONE]))

    def _token_events(self, stamp: Stamp, index: int) -> list[bytes]:
        # One event is written and its text replaced: a stream is as cheap as its tokens.
        before, after = self._event(stamp, index, self._delta(_HOLE)).split(_QUOTED_HOLE)
        return [before + orjson.dumps(piece) + after for piece in self.pieces]

    def _event(self, stamp: Stamp, index: int, delta: Any, finish: Finish | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunk = self._head("chat.completion.chunk", stamp) | {"choices": [choice]}
        return _data(chunk | {"usage": None} if self.request.include_usage else chunk)

    def _head(self, kind: str, stamp: Stamp) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{stamp.number:024d}",
            "object": kind,
            "created": stamp.created,
            "model": self.request.model,
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
        }

    def _message(self, text: str, stamp: Stamp) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if not self._tool:
            return message | {"annotations": []}
        function = {"name": self._tool, "arguments": text}
        call = {"id": _call_id(stamp), "type": "function", "function": function}
        return message | {"content": None, "tool_calls": [call], "annotations": []}

    def _opening_delta(self, stamp: Stamp) -> dict[str, Any]:
        delta: dict[str, Any] = {"role": "assistant", "content": "", "refusal": None}
        if not self._tool:
            return delta
        function = {"name": self._tool, "arguments": ""}
        call = {"index": 0, "id": _call_id(stamp), "type": "function", "function": function}
        return delta | {"content": None, "tool_calls": [call]}

    def _delta(self, text: str) -> dict[str, Any]:
        if not self._tool:
            return {"content": text}
        return {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}

    @property
    def _tool(self) -> str | None:
        return self.request.form.tool if self.request.form else None

    def _usage(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.tokens_in,
            "completion_tokens": self.tokens_out,
            "total_tokens": self.tokens_in + self.tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


# A control character: no model, id or tool name of a chunk can hold its escaped form unquoted.
_HOLE = "\x00"
_QUOTED_HOLE = orjson.dumps(_HOLE)


def _data(chunk: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(chunk) + _EVENT_END


def _call_id(stamp: Stamp) -> str:
    return f"call_{stamp.number:024d}"


def _until(text: str, stops: tuple[str, ...]) -> str:
    ends = [text.index(stop) for stop in stops if stop in text]
    return text[: min(ends)] if ends else text
