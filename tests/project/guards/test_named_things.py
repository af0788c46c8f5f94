"""Named things keep questions apart."""

from __future__ import annotations

import pytest

from project.guards.named_things import names_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("a blue shirt please", "is the shirt in green", id="colours"),
        pytest.param("order a debit card", "a new credit card", id="cards"),
        pytest.param("do I need a visa for India", "visa for Kenya please", id="countries"),
        pytest.param(
            "is there parking at the Berlin store",
            "is there parking at the Hamburg store",
            id="names",
        ),
        pytest.param("how do I pay with zork", "how do I pay with blup", id="unknown names"),
        pytest.param("what wine goes with lamb", "what wine goes with figs", id="last word"),
        pytest.param("rugs in stock", "poufs in stock", id="first word"),
        pytest.param(
            "book the knife sharpening class", "book the bike repair class", id="two words"
        ),
        pytest.param("is glass fine in the oven", "can plastic go in the oven", id="materials"),
        pytest.param("add my wife", "add my son", id="family"),
        pytest.param("convert it to json", "convert it to csv", id="files"),
        pytest.param("a pair of boots here", "a pair of boats here", id="boots and boats"),
    ],
)
def test_another_thing_is_another_question(asked: str, known: str) -> None:
    """Of one family, or in the same place of the same sentence."""
    assert not names_agree(asked, known)
    assert not names_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("where is my parcel", "where is my package", id="synonym"),
        pytest.param("delivery cost", "cost of delivering", id="form"),
        pytest.param("i recieved the wrong item", "I received the wrong item", id="slip"),
        pytest.param("my adress changed", "my address changed", id="swap"),
        pytest.param("buy a gift card", "buy a giftcard", id="joined"),
        pytest.param("pre-order an item", "preorder an item", id="hyphen"),
        pytest.param("which bulb fits the lamp", "which lightbulb fits the lamp", id="compound"),
        pytest.param("who invented it", "who was the inventor", id="derived"),
        pytest.param("return an item", "return a broken item I got as a gift", id="extra"),
        pytest.param("open the box", "close the box", id="opposite"),
        pytest.param("get my bill", "see my bill", id="light verb"),
        pytest.param("in 5 days", "in 6 weeks", id="numbers"),
        pytest.param("turn the sound up", "increase the sound", id="phrase"),
        pytest.param("the french site", "the site in france", id="country"),
    ],
)
def test_the_same_thing_in_other_words_is_the_same(asked: str, known: str) -> None:
    """A synonym, a form, a slip, a compound, or more words."""
    assert names_agree(asked, known)
    assert names_agree(known, asked)
