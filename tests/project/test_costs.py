"""What calls cost, and the most that they can cost before anybody knows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from project.costs import PRICES, cost, price_of, worst_case, worst_chat, worst_embedding
from project.errors import ModelNotFound
from project.models import ChatCall, EmbeddingCall, Usage


def chat(*contents: Any, **fields: Any) -> ChatCall:
    """Read a chat of these contents."""
    messages = [{"role": "user", "content": content} for content in contents]
    body = {"model": "gpt-4o", "messages": messages, **fields}
    return ChatCall.from_json(json.dumps(body, ensure_ascii=False).encode())


def test_a_call_costs_its_tokens_at_their_prices() -> None:
    """A million tokens of gpt-4o-mini cost 0.15 USD in, 0.075 cached, 0.60 out."""
    million = 10**6
    assert cost("gpt-4o-mini", Usage(million, 0)) == 150_000_000
    assert cost("gpt-4o-mini", Usage(million, 0, million)) == 75_000_000
    assert cost("gpt-4o-mini", Usage(0, million)) == 600_000_000
    assert cost("gpt-4o-mini", Usage(1000, 10, 400)) == 600 * 150 + 400 * 75 + 10 * 600


def test_a_model_without_a_price_is_not_served() -> None:
    """The refusal names the models that are, and quotes nothing."""
    with pytest.raises(ModelNotFound, match="gpt-4o-mini") as caught:
        price_of("gpt-99-secret")
    assert caught.value.http_status == 404
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("model", PRICES)
def test_cached_input_is_never_dearer(model: str) -> None:
    """So the worst case has none of it."""
    price = price_of(model)
    assert 0 < price.tokens_cached <= price.tokens_in
    assert worst_case(model, Usage(9, 5, 9)) == 9 * price.tokens_in + 5 * price.tokens_out


@pytest.mark.parametrize(
    ("call", "at_least"),
    [
        (chat("hello"), 5),
        (chat("héllo wörld \U0001f600"), 18),
        (chat("a", "b"), 2),
        (chat([{"type": "text", "text": "hello"}]), 5),
        (chat("a", tools=[{"type": "function", "function": {"name": "f" * 9000}}]), 9000),
        (chat("a", response_format={"schema": "s" * 9000}), 9000),
        (chat([{"text": [{"text": "d" * 9000}]}]), 9000),
    ],
    ids=["text", "wide characters", "messages", "parts", "tools", "a schema", "odd parts"],
)
def test_the_worst_case_of_a_chat_is_not_below_its_bytes(call: ChatCall, at_least: int) -> None:
    """Wherever a caller puts text, it is bounded."""
    worst = worst_chat(call)
    assert worst.tokens_in >= at_least + 4 * len(call.messages)
    assert worst.tokens_in <= call.size + 8 * len(call.messages)


@pytest.mark.parametrize(
    ("fields", "tokens_out"),
    [({}, 4096), ({"max_tokens": 5}, 5), ({"max_completion_tokens": 7, "n": 3}, 21)],
)
def test_the_worst_case_counts_every_choice(fields: dict[str, int], tokens_out: int) -> None:
    """The caller's bound, or the usual one, for each choice."""
    assert worst_chat(chat("hello", **fields)).tokens_out == tokens_out


def test_the_worst_case_of_embeddings_is_their_bytes() -> None:
    """Nothing comes out, so nothing is held for it."""
    call = EmbeddingCall("text-embedding-3-small", ["ab", "é"], {})
    assert worst_embedding(call) == Usage(4, 0)
