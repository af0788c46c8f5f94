"""What tokens cost: OpenAI's published list prices, as integers of nano-dollars a token.

Prices as of 2025-09, source: OpenAI's public API price list. A model that is not in the table is
refused by the API: without a price it would be free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from project.errors import ModelNotFound
from project.models import Usage

if TYPE_CHECKING:
    from project.models import ChatCall, EmbeddingCall
    from project.money import Nano

UNSTATED_OUTPUT_TOKENS = 4096  # held for an answer whose length the caller did not bound
TOKENS_PER_MESSAGE = 8


@dataclass(frozen=True, slots=True)
class Price:
    """Nano-dollars a token: new input, input the provider had cached, output."""

    tokens_in: Nano
    tokens_cached: Nano
    tokens_out: Nano


PRICES = {
    "gpt-4o": Price(2500, 1250, 10_000),
    "gpt-4o-mini": Price(150, 75, 600),
    "gpt-4.1": Price(2000, 500, 8000),
    "gpt-4.1-mini": Price(400, 100, 1600),
    "gpt-4.1-nano": Price(100, 25, 400),
    "text-embedding-3-small": Price(20, 20, 0),
    "text-embedding-3-large": Price(130, 130, 0),
}


def price_of(model: str) -> Price:
    """Return a model's price; raises `ModelNotFound` for a model without one."""
    if (price := PRICES.get(model)) is None:
        raise ModelNotFound(f"the model is not offered here; known: {', '.join(PRICES)}")
    return price


def cost(model: str, usage: Usage) -> Nano:
    """Return what a call cost: new input + cached input + output, each at its price."""
    price = price_of(model)
    fresh = usage.tokens_in - usage.tokens_cached
    return (
        fresh * price.tokens_in
        + usage.tokens_cached * price.tokens_cached
        + usage.tokens_out * price.tokens_out
    )


def worst_chat(call: ChatCall) -> Usage:
    """Return upper bounds of a chat call's tokens.

    No tokenizer makes more tokens than there are bytes, so the body's bytes bound the prompt, tools
    and all. Pictures that are given by address are not bounded.
    """
    prompt = call.size + TOKENS_PER_MESSAGE * len(call.messages)
    return Usage(prompt, (call.max_tokens or UNSTATED_OUTPUT_TOKENS) * call.choices)


def worst_embedding(call: EmbeddingCall) -> Usage:
    """Return an upper bound of an embedding call's tokens."""
    return Usage(sum(len(text.encode()) for text in call.inputs), 0)


def worst_case(model: str, worst: Usage) -> Nano:
    """Return the most that this many tokens can cost: none of the input cached."""
    return cost(model, Usage(worst.tokens_in, worst.tokens_out))
