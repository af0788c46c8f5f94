"""The rules of building HTML out of foreign text."""

from __future__ import annotations

import pytest

from world.markup import clip, clock, count, folded, join, link, plain, pretty, tag, took


def test_text_is_escaped_wherever_it_is_put() -> None:
    """Content and attributes cannot become HTML."""
    assert tag("p", "<b>", title='"><i>') == '<p title="&quot;&gt;&lt;i&gt;">&lt;b&gt;</p>'
    assert join("a & b", tag("b", "c")) == "a &amp; b<b>c</b>"


def test_what_is_html_already_is_not_escaped_again() -> None:
    """Elements nest."""
    nested = folded("more", link("here", "/x"))
    assert nested == '<details class=""><summary>more</summary><a href="/x">here</a></details>'


def test_attribute_names_lose_what_python_needs() -> None:
    """`class_` and `data_label` are HTML's class and data-label."""
    assert tag("td", class_="a", data_label="b") == '<td class="a" data-label="b"></td>'


def test_a_void_element_has_no_end() -> None:
    """`meta` is not closed."""
    assert tag("meta", name="viewport") == '<meta name="viewport">'


@pytest.mark.parametrize("character", ["\u202e", "\u2066"], ids=["override", "isolate"])
def test_characters_that_turn_the_text_are_shown_not_obeyed(character: str) -> None:
    """A name cannot write over what stands beside it."""
    assert tag("p", character) == f"<p>\\u{ord(character):04x}</p>"


def test_a_long_text_is_shortened_and_says_so() -> None:
    """The page stays small."""
    assert clip("x" * 5_000, 3) == "xxx… (5,000 characters)"
    assert clip("short") == "short"


def test_values_are_text_or_json() -> None:
    """Only what is no text is shown as JSON."""
    assert (plain("a"), plain([1, "é"])) == ("a", '[1, "é"]')
    assert (pretty("a"), pretty({"b": 1})) == ("a", '{\n  "b": 1\n}')


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0.0, "0 µs"), (0.84, "840 µs"), (12.345, "12.3 ms"), (999.4, "999 ms"), (1_520, "1.52 s")],
)
def test_durations_have_three_digits(milliseconds: float, words: str) -> None:
    """A reader compares numbers of the same length."""
    assert took(milliseconds) == words


def test_one_of_a_kind_is_singular() -> None:
    """Counts read as a person writes them."""
    assert (count(1, "span"), count(1_200, "span")) == ("1 span", "1,200 spans")


def test_a_moment_is_its_time_of_day_in_utc() -> None:
    """A moment outside the calendar is a question mark."""
    assert clock(1_800_000_000.25) == "08:00:00.250"
    assert clock(1e300) == "?"
