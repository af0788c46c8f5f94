"""Sums of money are exact, at the edge as inside."""

from __future__ import annotations

import random

import pytest

from project.money import from_usd, to_usd


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", 1_000_000_000),
        ("0.1", 100_000_000),
        ("0.000000001", 1),
        ("0.0000000004", 0),
        ("0.0000000005", 0),
        ("0.0000000015", 2),
        ("-2.5", -2_500_000_000),
        ("1e3", 1_000_000_000_000),
        ("9007199.254740993", 9_007_199_254_740_993),
    ],
)
def test_dollars_become_whole_nano_dollars(text: str, amount: int) -> None:
    """No float comes near: 2^53 + 1 nano-dollars survive; halves go to the even side."""
    assert from_usd(text) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (1, "0.000000001"),
        (100_000_000, "0.10"),
        (1_230_000_000, "1.23"),
        (1_234_500_000, "1.2345"),
        (-1, "-0.000000001"),
        (-1_500_000_000, "-1.50"),
        (9_007_199_254_740_993, "9007199.254740993"),
    ],
)
def test_amounts_are_written_with_cents_at_least(amount: int, text: str) -> None:
    """Zeros beyond cents are left out."""
    assert to_usd(amount) == text


def test_reading_what_was_written_loses_nothing() -> None:
    """Text and amount are one."""
    dice = random.Random(5)
    amounts = [dice.randrange(-(10**18), 10**18) for _ in range(500)]
    assert [from_usd(to_usd(amount)) for amount in amounts] == amounts
