"""Variables are looked up, fall back, and are named when they are wrong."""

from __future__ import annotations

import pytest

from project.environment import Environment, SettingsError, parse_number

ENV = Environment(
    {"A": " a ", "BLANK": " ", "N": "5", "L": "x=1; y = 2 ;;"}, {"B": "b", "BLANK": "d"}
)


@pytest.mark.parametrize(
    ("name", "text"), [("A", "a"), ("B", "b"), ("BLANK", "d"), ("NOWHERE", "")]
)
def test_a_text_is_stripped_or_its_default(name: str, text: str) -> None:
    """Blank is unset; what the table does not know is empty."""
    assert ENV.text(name) == text


def test_what_is_required_and_missing_is_named() -> None:
    """The line says two ways to set it."""
    assert ENV.required("A") == "a"
    with pytest.raises(SettingsError, match=r"^NOWHERE is not set; set it, or start with `world`"):
        ENV.required("NOWHERE")


def test_a_number_has_bounds() -> None:
    """Both ends are within."""
    assert [ENV.number("N", at_least=5), ENV.number("N", at_least=0, at_most=5)] == [5.0, 5.0]
    with pytest.raises(SettingsError, match=r"^N must be from 6 to inf, not 5$"):
        ENV.number("N", at_least=6)
    with pytest.raises(SettingsError, match=r"^N must be from 0 to 4.5, not 5$"):
        ENV.number("N", at_least=0, at_most=4.5)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a number"),
        ("five", "a number"),
        ("nan", "a finite number"),
        ("inf", "a finite number"),
        ("-inf", "a finite number"),
        ("1e999", "a finite number"),
    ],
)
def test_what_is_no_number_is_named(text: str, told: str) -> None:
    """The variable and what it holds."""
    with pytest.raises(SettingsError, match=f"^N must be {told}, not '{text}'$"):
        parse_number("N", text)


def test_entries_are_pairs() -> None:
    """Blanks and empty places between separators do no harm."""
    assert ENV.entries("L", separator=";") == [("x", "1"), ("y", "2")]
    assert ENV.entries("NOWHERE", separator=";") == []


@pytest.mark.parametrize("text", ["x", "=1", "x=", "x=1,y"])
def test_an_entry_that_is_no_pair_is_not_quoted(text: str) -> None:
    """It may hold a key."""
    with pytest.raises(SettingsError, match=r"^L: an entry is not of the form name=value$"):
        Environment({"L": text}, {}).entries("L", separator=",")
