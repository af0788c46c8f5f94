"""Questions that point the same way and must not share an answer."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from project.guards import GUARDS, LONGEST, may_share, objection

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("Can I return 3 items?", "Can I return 30 items?"),
        ("It weighs 1.5 kg", "It weighs 15 kg"),
        ("It weighs 1,5 kg", "It weighs 15 kg"),
        ("Send 1,000", "Send 1"),
        ("Send 1,000 to 2", "Send 1,000"),
        ("Can I cancel?", "Can I not cancel?"),
        ("I want it", "I don't want it"),
        ("I want it", "I don\u2019t want it"),
        ("I want it", "I dont want it"),
        ("It works", "It never works"),
        ("With receipt", "WITHOUT receipt"),
    ],
)
def test_numbers_and_negation_keep_questions_apart(asked: str, known: str) -> None:
    """Whichever of the two was there first."""
    assert not may_share(asked, known)
    assert not may_share(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("Where is my order?", "where's my ORDER"),
        ("Can I return 3 items?", "May I send 3 things back?"),
        ("I paid 1,000 euros", "I paid 1000 euros"),
        ("I can't log in", "I cannot log in"),
        ("Nothing arrived", "It did not arrive"),
        ("", ""),
    ],
)
def test_other_words_for_the_same_may_share(asked: str, known: str) -> None:
    """The same numbers, the same negation."""
    assert may_share(asked, known)
    assert may_share(known, asked)


@pytest.mark.parametrize(
    ("guard", "asked", "known"),
    [
        ("amounts", "open until 5 pm", "open until 9 pm"),
        ("times", "open on Monday", "open on Friday"),
        ("denials", "ship with a box", "ship without a box"),
        ("opposites", "how do I enable it", "how do I disable it"),
        ("directions", "from Oslo to Rome", "from Rome to Oslo"),
        ("requests", "raise my limit", "what is my limit"),
        ("names", "a blue shirt", "a green shirt"),
    ],
)
def test_each_guard_says_what_it_objects_to(guard: str, asked: str, known: str) -> None:
    """The first guard that stops a pair is named."""
    assert objection(asked, known) == guard


def test_every_guard_has_an_example_above() -> None:
    """A new guard needs a new line."""
    assert list(GUARDS) == [
        "amounts",
        "times",
        "denials",
        "opposites",
        "directions",
        "requests",
        "names",
    ]


TEXTS = [
    "Where's my parcel? I ordered 2 lamps on Monday, from Oslo to Rome.",
    "I can't turn off the lights, don't you know how?",
    "Is the gluten-free bread cheaper than the other one at 9:30 am",
    "how much is 1,000 USD in \u20ac",
    "refund refund refund",
    "\u00c4rger mit der Bestellung \u2014 \u00b2 \u0663",
    "?!",
    "",
]
SPELLINGS = {
    "as it is": str,
    "upper case": str.upper,
    "white space": lambda text: "  " + text.replace(" ", " \n\t"),
    "end marks": lambda text: f"{text} ?!... ",
    "curly apostrophes": lambda text: text.replace("'", "\u2019"),
    "no commas": lambda text: text.replace(", ", " "),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("text", TEXTS)
def test_case_punctuation_and_white_space_do_not_count(
    text: str, spelled: Callable[[str], str]
) -> None:
    """A question shares with itself, however it is typed, and so do its guards."""
    assert may_share(text, spelled(text))
    assert all(agree(text, spelled(text)) for agree in GUARDS.values())


@pytest.mark.parametrize("seed", range(20))
def test_it_does_not_matter_which_question_came_first(seed: int) -> None:
    """Whatever words are thrown together: every guard is symmetric, and none fails."""
    dice = random.Random(seed)
    words = [*" ".join(TEXTS).split(), "not", "and", "half", "k", "no", "-3", "us", "'s", "free"]
    for _ in range(200):
        one = " ".join(dice.choices(words, k=dice.randint(0, 9)))
        other = " ".join(dice.sample(one.split(), k=len(one.split())) or dice.choices(words))
        for agree in GUARDS.values():
            assert agree(one, other) is agree(other, one)


def test_a_text_too_long_for_the_rules_shares_only_with_itself() -> None:
    """The rules are for questions; a book would cost milliseconds."""
    book = "word " * LONGEST
    assert may_share(book, book)
    assert objection(book, "word") == objection("word", book) == "length"
