"""A text becomes comparable words."""

from __future__ import annotations

import pytest

from project.guards.wording import is_function_word, read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("I can't", "i can not", id="contraction"),
        pytest.param("i cant", "i can not", id="no apostrophe"),
        pytest.param("I cannot", "i can not", id="one word"),
        pytest.param("I won\u2019t", "i will not", id="curly apostrophe"),
        pytest.param("Where's it? It's here", "where is it it is here", id="is"),
        pytest.param("my wife's card", "my wife card", id="possessive"),
        pytest.param("I've, you'll, they'd", "i have you will they would", id="auxiliaries"),
        pytest.param("the o'clock rule", "the oclock rule", id="other apostrophe"),
        pytest.param("hi, where is u", "where is you", id="greeting and shorthand"),
        pytest.param("say hello", "say hello", id="a greeting that is meant"),
        pytest.param("the US site", "the usa site", id="the country"),
        pytest.param("send us mail", "send us mail", id="the pronoun"),
        pytest.param("$4,000.50 for 2kg", "$ 4,000.50 for 2 kg", id="numbers"),
        pytest.param("it is -5 or 3-5", "it is -5 or 3 5", id="minus and range"),
        pytest.param("  ?! ", "", id="nothing"),
    ],
)
def test_a_text_is_read_as_plain_words(text: str, words: str) -> None:
    """Case, punctuation and contractions are gone."""
    assert " ".join(read(text).words) == words


def test_only_words_of_meaning_are_content() -> None:
    """Articles, pronouns and courtesies are not content; the stems are."""
    assert read("Please cancel the deliveries for me").content == ("cancel", "deliver")
    assert is_function_word("please")
    assert not is_function_word("cancel")
