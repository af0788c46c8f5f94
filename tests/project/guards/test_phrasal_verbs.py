"""Verbs with a particle mean another word."""

from __future__ import annotations

import pytest

from project.guards.phrasal_verbs import meanings, pole, tuning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("send it back", "return"),
        ("take the chair apart", "dismantle"),
        ("turn off", "disable"),
        ("log in", "login"),
        ("opt out", "unsubscribe"),
        ("go up", "increase"),
    ],
)
def test_a_particle_makes_another_verb(text: str, meaning: str) -> None:
    """The verb may stand up to three words before it."""
    words = tuple(text.split())
    assert meaning in meanings(words, len(words) - 1)


def test_a_preposition_is_no_particle() -> None:
    """`on the card` has no verb that would make `on` a side."""
    words = ("money", "on", "the", "card")
    assert meanings(words, 1) == ()
    assert pole(words, 1) is None
    assert pole(words, 0) is None


def test_a_particle_at_the_end_is_a_side() -> None:
    """`lights on please` says as much as `turn on the lights`."""
    assert pole(("lights", "on", "please"), 1) == ("on", 1)
    assert pole(("turn", "on", "the", "lights"), 1) == ("on", 1)


def test_turning_on_is_not_turning_down() -> None:
    """The particles of `turn` and `switch` are told apart."""
    assert tuning("turn the lights down") == {"down"}
    assert tuning("switch it on") == {"on"}
    assert tuning("lights on") == frozenset()
