"""Affixes tell opposites."""

from __future__ import annotations

import pytest

from project.guards.affixes import denied_by_affix, side_by_affix


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("unpaid", "paid"),
        ("unlock", "lock"),
        ("disconnect", "connect"),
        ("invalid", "valid"),
        ("impossible", "possible"),
        ("irregular", "regular"),
        ("illegal", "legal"),
        ("nonrefundable", "refundable"),
        ("dissatisfied", "satisfied"),
    ],
)
def test_a_beginning_denies_the_rest(word: str, base: str) -> None:
    """What is left has the stem of the plain word."""
    assert denied_by_affix(word) == denied_by_affix(f"un{base}")


@pytest.mark.parametrize(
    "word",
    [
        "under",
        "until",
        "unit",
        "uncle",
        "discount",
        "discover",
        "display",
        "invoice",
        "insurance",
        "import",
        "increase",
        "none",
        "order",
    ],
)
def test_many_words_only_look_so(word: str) -> None:
    """`discount` denies no count."""
    assert denied_by_affix(word) is None


def test_endings_and_prefixes_name_a_side() -> None:
    """`overpaid` against `underpaid`, `useful` against `useless`."""
    assert side_by_affix("overpaid") == ("over pay", 1)
    assert side_by_affix("underpaid") == ("over pay", -1)
    assert side_by_affix("useful") == ("full of use", 1)
    assert side_by_affix("useless") == ("full of use", -1)
    assert side_by_affix("order") is None
