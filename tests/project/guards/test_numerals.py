"""Numbers are read in figures and in words."""

from __future__ import annotations

import pytest

from project.guards.numerals import Numeral, numeral_at


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4,000", 4000),
        ("4 000", 4000),
        ("1,234,567.5", 1234567.5),
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("30 k", 30000),
        ("9:30", 9.3),
        ("-5", -5),
        ("3 million", 3e6),
        ("1.2.3", 1.23),
        ("five", 5),
        ("twenty six", 26),
        ("two hundred and fifty", 250),
        ("hundred", 100),
        ("one thousand two hundred", 1200),
        ("two hundred thousand", 200000),
        ("dozen", 12),
        ("three dozen", 36),
        ("half", 0.5),
        ("half a", 0.5),
        ("one and a half", 1.5),
        ("twice", 2),
        ("couple", 2),
        ("2 and a half", 2.5),
        ("half a million", 5e5),
        ("fourty", 40),
        ("ninety nine", 99),
        ("\u0663", 3),
    ],
)
def test_a_number_is_read_to_its_end(text: str, value: float) -> None:
    """All its words belong to it."""
    words = tuple(text.split())
    assert numeral_at(words, 0) == Numeral(value, len(words))


@pytest.mark.parametrize(
    ("text", "value"), [("3 rd", 3), ("11 th", 11), ("first", 1), ("twelfth", 12)]
)
def test_a_rank_is_told_from_a_count(text: str, value: float) -> None:
    """`3rd` ranks, `3` counts."""
    words = tuple(text.split())
    assert numeral_at(words, 0) == Numeral(value, len(words), ranks=True)


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("two and three", 2, 1),
        ("five and twenty", 5, 1),
        ("one two", 1, 1),
        ("twenty ten", 20, 1),
        ("hundred and many", 100, 1),
        ("2 nights", 2, 1),
        ("one and a dog", 1, 1),
    ],
)
def test_a_number_ends_where_another_begins(text: str, value: float, after: int) -> None:
    """Neighbours are not added up."""
    assert numeral_at(tuple(text.split()), 0) == Numeral(value, after)


@pytest.mark.parametrize("word", ["k", "many", "a", "none", "\u00b2", "x"])
def test_other_words_are_no_numbers(word: str) -> None:
    """Not every short word is a number."""
    assert numeral_at((word,), 0) is None
