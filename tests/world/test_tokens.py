"""The deterministic tokenizer."""

from __future__ import annotations

import pytest

from world.tokens import count, pieces, prompt_tokens

TEXTS = {
    "sentence": "Where is my parcel #12345678?",
    "white": "  two  spaces\n\n\tand tabs ",
    "unicode": "Größe 42½ 你好, 😀👍🏽 naïve café",
    "symbols": "a_b__c !!!??? @@@@@@ 3.14e-10",
    "control": "a\x00b\u2028c\u200d",
    "long": "supercalifragilistic " * 500,
    "empty": "",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_pieces_join_to_the_text(text: str) -> None:
    """A stream of pieces loses nothing."""
    assert "".join(pieces(text)) == text


def test_words_and_punctuation_are_tokens() -> None:
    """A short English word is one token, with the space before it."""
    assert pieces("Where is my parcel?") == ("Where", " is", " my", " parcel", "?")


def test_a_prompt_has_an_envelope() -> None:
    """Each message costs four tokens more than its text, the prompt two more."""
    assert prompt_tokens(["Where is my parcel?", ""]) == 2 * 4 + 5 + 2


def test_long_words_and_numbers_are_several_tokens() -> None:
    """Letters come by up to eight, digits by up to three."""
    assert count("internationalization") == 3
    assert count("1234567") == 3
