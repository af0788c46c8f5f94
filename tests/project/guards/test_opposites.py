"""Opposites keep questions apart."""

from __future__ import annotations

import pytest

from project.guards.opposites import opposites_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("enable dark mode", "disable dark mode", id="verbs"),
        pytest.param("was my claim accepted", "why are claims rejected", id="forms"),
        pytest.param("it is too bright", "it is too dark", id="adjectives"),
        pytest.param("the first tram", "the last tram", id="superlatives"),
        pytest.param("can it go out earlier", "can it go out later", id="compared"),
        pytest.param("make it more salty", "make it less salty", id="more"),
        pytest.param("turn on the light", "turn the light off", id="particle"),
        pytest.param("lights on", "lights off please", id="final particle"),
        pytest.param("turn the lights on", "turn the lights down", id="tuning"),
        pytest.param("can I keep it", "can I send it back", id="phrase"),
        pytest.param("did the price go up", "did the price go down", id="up"),
        pytest.param("did the price go up", "did the price decrease", id="up and word"),
        pytest.param("is my name shown", "is my name hidden", id="states"),
        pytest.param("show hidden rows", "hide rows that are shown", id="act and state"),
        pytest.param("is it allowed", "is it not permitted or is it banned", id="denied"),
        pytest.param("was I overpaid", "was I underpaid", id="over"),
        pytest.param("is it useful", "is it useless", id="less"),
        pytest.param("can I buy a tent from you", "can I sell a tent to you", id="buy"),
        pytest.param("did you send the form", "did you receive the form", id="send"),
        pytest.param("can you lend me one", "can I lend you one", id="lend"),
        pytest.param("too much change", "too little change", id="too"),
    ],
)
def test_opposite_ends_are_other_questions(asked: str, known: str) -> None:
    """A word, a form, a particle or a side of a deal."""
    assert not opposites_agree(asked, known)
    assert not opposites_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("enable dark mode", "activate dark mode", id="same"),
        pytest.param("is it not allowed", "is it forbidden", id="denied"),
        pytest.param("from public to private", "from private to public", id="both"),
        pytest.param("is it right now", "is it wrong", id="right now"),
        pytest.param("how long is it", "it is short", id="how long"),
        pytest.param("your opening hours", "when do you close", id="opening hours"),
        pytest.param("my account is locked", "please unlock my account", id="undone"),
        pytest.param("do you sell cards", "can I buy cards", id="deal"),
        pytest.param("are cards sold here", "can I buy cards here", id="passive"),
        pytest.param("you sent the wrong one", "I received the wrong one", id="sent"),
        pytest.param("send me the bill", "can I receive the bill", id="asked for"),
        pytest.param("I want it sent", "I want to receive it", id="participle"),
        pytest.param("not charged yet", "charged yet", id="same word"),
        pytest.param("how long does it last", "the first one", id="last for"),
    ],
)
def test_no_opposite_is_found_where_there_is_none(asked: str, known: str) -> None:
    """The same end, both ends, or a word that stands there by chance."""
    assert opposites_agree(asked, known)
    assert opposites_agree(known, asked)
