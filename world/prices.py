"""What the provider charges: OpenAI's published price list for standard calls, as of June 2026.

Prices are integers of nano-dollars a token, because sums of integers are exact: one US dollar per
million tokens is 1,000 nano-dollars a token, so gpt-4o-mini's 0.15 dollars are 150.

    usd(cost_nano("gpt-4o-mini", tokens_in=100, tokens_out=10))  ->  "0.000021000"
"""

from __future__ import annotations

from typing import NamedTuple

NANO = 1_000_000_000


class Price(NamedTuple):
    """Nano-dollars for one token read, one read from the prompt cache, and one written."""

    input: int
    cached_input: int
    output: int


PRICES: dict[str, Price] = {
    "gpt-4o-mini": Price(150, 75, 600),
    "gpt-4o": Price(2_500, 1_250, 10_000),
    "gpt-4.1": Price(2_000, 500, 8_000),
    "gpt-4.1-mini": Price(400, 100, 1_600),
    "gpt-4.1-nano": Price(100, 25, 400),
    "text-embedding-3-small": Price(20, 20, 0),
    "text-embedding-3-large": Price(130, 130, 0),
}


def cost_nano(model: str, *, tokens_in: int, tokens_out: int, cached: int = 0) -> int:
    """Return the price of one call in nano-dollars; `cached` of the tokens read were cached.

    A model that is not on the list is a KeyError: a guess would be a wrong bill.
    """
    price = PRICES[model]
    fresh = tokens_in - cached
    return fresh * price.input + cached * price.cached_input + tokens_out * price.output


def usd(nano: int) -> str:
    """Return nano-dollars as a decimal string of US dollars, exact to the last digit."""
    whole, rest = divmod(abs(nano), NANO)
    return f"{'-' if nano < 0 else ''}{whole}.{rest:09d}"
