"""The word lists contradict neither themselves nor each other."""

from __future__ import annotations

from collections import Counter

from project.guards.antonyms import SIDES, UNDOING
from project.guards.places import PLACES
from project.guards.stems import stem
from project.guards.synonyms import SYNONYMS
from project.guards.word_families import MEMBERS


def test_no_word_stands_at_both_ends_of_a_scale() -> None:
    """A scale with one word on both sides would oppose a text to itself."""
    both = {word for word, sides in SIDES.items() for n, sign in sides if (n, -sign) in sides}
    assert both == set()


def test_undoing_scales_are_scales() -> None:
    """Each is one that words stand on."""
    assert UNDOING
    assert {scale for sides in SIDES.values() for scale, _ in sides} >= UNDOING


def test_a_word_is_one_member_of_a_family() -> None:
    """A word that were two members would be another thing than itself."""
    counts = Counter((word, family) for word, found in MEMBERS.items() for family, _ in found)
    assert [pair for pair, times in counts.items() if times > 1] == []


def test_groups_of_synonyms_have_no_hermits() -> None:
    """A group of one word says nothing."""
    sizes = Counter(group for groups in SYNONYMS.values() for group in groups)
    assert min(sizes.values()) >= 2


def test_a_people_and_its_country_are_one_place() -> None:
    """And every place is a member of the family of places."""
    assert stem("french") == stem("France".lower()) == "france"
    assert set(PLACES.values()) <= MEMBERS.keys()
