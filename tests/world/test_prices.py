"""The provider's price list and its exact arithmetic."""

from __future__ import annotations

import pytest

from world.models import CHAT_MODELS, EMBEDDING_MODELS
from world.prices import PRICES, cost_nano, usd


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("gpt-4o-mini", (0.15, 0.075, 0.60)),
        ("gpt-4o", (2.50, 1.25, 10.00)),
        ("gpt-4.1", (2.00, 0.50, 8.00)),
        ("gpt-4.1-mini", (0.40, 0.10, 1.60)),
        ("gpt-4.1-nano", (0.10, 0.025, 0.40)),
        ("text-embedding-3-small", (0.02, 0.02, 0)),
        ("text-embedding-3-large", (0.13, 0.13, 0)),
    ],
)
def test_a_price_is_its_dollars_per_million_tokens(
    model: str, dollars: tuple[float, float, float]
) -> None:
    """A million tokens at the integer price cost what the list says in dollars."""
    assert [price * 1_000_000 / 1e9 for price in PRICES[model]] == pytest.approx(dollars)


def test_every_served_model_has_a_price() -> None:
    """No call can end without a known cost."""
    assert PRICES.keys() == CHAT_MODELS.keys() | EMBEDDING_MODELS.keys()


def test_cached_tokens_cost_less() -> None:
    """Tokens from the prompt cache have their own price."""
    assert cost_nano("gpt-4o-mini", tokens_in=100, tokens_out=10, cached=40) == (
        60 * 150 + 40 * 75 + 10 * 600
    )


def test_a_model_without_a_price_is_an_error() -> None:
    """An unknown model is never free by accident."""
    with pytest.raises(KeyError):
        cost_nano("gpt-0", tokens_in=1, tokens_out=0)


@pytest.mark.parametrize(
    ("nano", "text"),
    [
        (0, "0.000000000"),
        (21_000, "0.000021000"),
        (12_345_678_901, "12.345678901"),
        (-1, "-0.000000001"),
    ],
)
def test_dollars_are_exact_decimal_strings(nano: int, text: str) -> None:
    """No digit of a cost is lost on the way out."""
    assert usd(nano) == text
