"""From a call to a cache question: what shapes the answer, and may the answer be shared at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from project.patterns.semantic_cache import Question

if TYPE_CHECKING:
    from project.models import ChatCall
    from project.trail import Trail

HOTTEST = 1.0  # above this temperature a caller wants a new answer each time
LONGEST = 4_000  # characters of a question that is embedded
_UNSHAPING = {"stream", "stream_options", "user", "metadata", "store", "messages"}
_NEVER_SHARED = ("tools", "functions", "modalities", "audio", "logprobs", "web_search_options")
_INSTRUCTIONS = {"system", "developer"}
_SORTED = orjson.OPT_SORT_KEYS


def cacheable(call: ChatCall) -> bool:
    """Say whether an answer to this call may be kept and shared."""
    temperature = call.body.get("temperature")
    hot = isinstance(temperature, int | float) and temperature > HOTTEST
    return call.choices == 1 and not hot and not any(call.body.get(k) for k in _NEVER_SHARED)


def question_of(call: ChatCall, trail: Trail) -> Question:
    """Return the question; parameters and instructions are part of its prompt version."""
    parameters = {k: v for k, v in call.body.items() if k not in _UNSHAPING}
    instructions = [m for m in call.messages if m["role"] in _INSTRUCTIONS]
    shape = orjson.dumps([trail.prompt_version, parameters, instructions], option=_SORTED)
    return Question(
        tenant=trail.tenant.name if trail.tenant else "",
        model=call.model,
        prompt_version=hashlib.sha256(shape).hexdigest()[:16],
        content=orjson.dumps(call.messages, option=_SORTED).decode(),
        text=standalone(call.messages),
    )


def standalone(messages: list[dict[str, Any]]) -> str | None:
    """Return the question when it stands alone: one turn of the user, plain text, nothing before.

    "And how much is it in red?" means something else in every conversation; only the exact tier may
    answer it. A text of pages has no paraphrase, and to embed it would hold up everybody else.
    """
    turns = [m for m in messages if m["role"] not in _INSTRUCTIONS]
    if len(turns) != 1 or turns[0]["role"] != "user" or turns[0].keys() != {"role", "content"}:
        return None
    content = turns[0]["content"]
    short = isinstance(content, str) and len(content) <= LONGEST
    return content if short and content.strip() else None
