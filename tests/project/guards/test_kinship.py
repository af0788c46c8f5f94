"""Some words can stand for others."""

from __future__ import annotations

import pytest

from project.guards.kinship import spelled_alike, vocabulary
from project.guards.stems import stem


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("where is my parcel", "package"),
        ("open it", "close"),
        ("a new lightbulb", "bulb"),
        ("turn it up", "increase"),
        ("my pasword", "password"),
        ("cancel", "cancellation"),
    ],
)
def test_a_text_names_what_can_stand_for_its_words(text: str, word: str) -> None:
    """Synonyms, opposites, compounds, phrases, slips and forms."""
    assert vocabulary(text).names(stem(word))


def test_a_text_does_not_name_strangers() -> None:
    """Any other word is another thing."""
    assert not vocabulary("where is my parcel").names("zebra")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("boot", "boat"),
        ("debit", "debt"),
        ("abc", "abd"),
        ("salt", "malt"),
        ("zorkan", "zorkilo"),
        ("", "abc"),
    ],
)
def test_near_spelling_is_not_enough(one: str, other: str) -> None:
    """Two known words are two words, and short ones hold no slips."""
    assert not spelled_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adress", "address"),
        ("recieve", "receive"),
        ("zorkab", "zorkba"),
        ("blorp", "blorps"),
        ("blorpe", "blorpa"),
        ("zorkin", "zorkinit"),
    ],
)
def test_a_slip_or_a_derivation_is_the_same_word(one: str, other: str) -> None:
    """A letter more, less, other or out of place; another ending."""
    assert spelled_alike(one, other)
    assert spelled_alike(other, one)
