"""Who acts on whom keeps questions apart."""

from __future__ import annotations

import pytest

from project.guards.dealings import dealings_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("I owe you ten", "you owe me ten", id="owe"),
        pytest.param("can I call you", "can you call me", id="modal"),
        pytest.param("I can hear you", "I can't hear you", id="denied"),
        pytest.param("we paid you", "you paid us", id="we"),
    ],
)
def test_a_dealing_turned_round_is_another(asked: str, known: str) -> None:
    """I and you have changed places, or one denies it."""
    assert not dealings_agree(asked, known)
    assert not dealings_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("you already charged me", "you charged me", id="adverb"),
        pytest.param("you charged me", "you have charged me twice", id="both"),
        pytest.param("the card was charged", "the bank was charged", id="nobody"),
        pytest.param("I charged it", "I paid it", id="only I"),
        pytest.param("I was charged by you", "you charged me", id="passive"),
        pytest.param("can I with you", "can you with me", id="function word"),
    ],
)
def test_the_same_dealing_is_the_same(asked: str, known: str) -> None:
    """Adverbs and auxiliaries do not count."""
    assert dealings_agree(asked, known)
    assert dealings_agree(known, asked)
