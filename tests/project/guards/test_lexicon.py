"""Word lists are read group by group."""

from __future__ import annotations

from project.guards.lexicon import counted, groups, word_set


def test_a_semicolon_ends_a_group() -> None:
    """Line breaks are white space."""
    assert groups("a b;\nc\nd; ;") == [["a", "b"], ["c", "d"]]


def test_words_are_a_set_and_can_be_counted() -> None:
    """Counting goes up from the number given."""
    assert word_set("a b a") == {"a", "b"}
    assert counted("zero one", first=0) == {"zero": 0.0, "one": 1.0}
