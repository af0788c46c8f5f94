"""The forms of a word compare equal."""

from __future__ import annotations

import pytest

from project.guards.stems import stem


@pytest.mark.parametrize(
    "forms",
    [
        "cancel cancels cancelled canceled cancelling cancellation",
        "deliver delivers delivery deliveries delivered",
        "activate activates activated activating activation",
        "pay pays paid payment payments paying",
        "refund refunds refunded refundable",
        "policy policies",
        "colour colours color colors",
        "organise organising organize",
        "centre centres center",
        "licence licences license",
        "buy buys bought buying",
        "approve approval approved",
        "verify verified verification",
        "canada canadian canadians",
        "france french",
        "box boxes",
        "address addresses",
    ],
    ids=lambda forms: forms.split()[0],
)
def test_forms_of_one_word_have_one_stem(forms: str) -> None:
    """Plural, tense, derivation and spelling do not count."""
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order", "ordinary"),
        ("charge", "charger"),
        ("thing", "think"),
        ("status", "state"),
        ("need", "needle"),
        ("spring", "sprint"),
    ],
)
def test_other_words_keep_other_stems(one: str, other: str) -> None:
    """A stemmer that takes too much would make strangers equal."""
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["", "ss", "ing", "ed", "1,000", "\u00b2", "\u00e9t\u00e9s"])
def test_any_string_has_a_stem(word: str) -> None:
    """Odd input is returned, never refused."""
    assert isinstance(stem(word), str)
