"""Two questions about different things are different questions, however alike they sound.

`a blue shirt` is not `a green shirt`: two members of a family of things (`word_families`). And in
two sentences that are the same but for one word, another word in its place is another thing, unless
it is a synonym, a form or a slip of the same word. What only one text adds stops nothing.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

from project.guards.kinship import vocabulary
from project.guards.lexicon import word_set
from project.guards.moments import NAMED_TIMES
from project.guards.numerals import NUMBER_WORDS
from project.guards.stems import stem
from project.guards.units import UNITS
from project.guards.word_families import MEMBERS
from project.guards.wording import KEPT, is_function_word, read

_RUN: Final = 2  # words in a row that may stand for another thing
_LIGHT: Final = word_set(
    "get got have make do want need use take give go come let try help know tell possible able "
    "work going thing say happen seem question bit wonder"
)


def names_agree(asked: str, known: str) -> bool:
    """Say whether the texts speak of the same things."""
    only_a, only_b = _unmatched(asked, known), _unmatched(known, asked)
    if not only_a or not only_b:
        return True
    only_a, only_b = only_a - _joined(known), only_b - _joined(asked)
    if _of_one_kind(only_a, only_b):
        return False
    return _slots(things(asked), only_a).isdisjoint(_slots(things(known), only_b))


@lru_cache(maxsize=KEPT)
def things(text: str) -> tuple[str, ...]:
    """Return the things that a text speaks of, in order."""
    reading = read(text)
    pairs = zip(reading.words, reading.stems, strict=True)
    return tuple(root for word, root in pairs if _is_thing(word))


@lru_cache(maxsize=KEPT)
def _is_thing(word: str) -> bool:
    """Say whether a word is this guard's: not the numbers, units and times that others weigh."""
    return not (
        word[-1].isdecimal()
        or is_function_word(word)
        or word in _LIGHT
        or stem(word) in _LIGHT
        or word in UNITS
        or word in NAMED_TIMES
        or word in NUMBER_WORDS
    )


@lru_cache(maxsize=KEPT)
def _joined(text: str) -> frozenset[str]:
    """Return each two neighbours as one word: `gift card` may be written `giftcard`."""
    return frozenset(stem(first + second) for first, second in pairwise(read(text).words))


def _unmatched(text: str, other: str) -> frozenset[str]:
    """Return the things of one text that the other names by no word of the kind."""
    known = vocabulary(other)
    return frozenset(word for word in things(text) if not known.names(word))


def _of_one_kind(only_a: frozenset[str], only_b: frozenset[str]) -> bool:
    """Say whether each text names another member of the same family."""
    families = {family: name for word in only_a for family, name in MEMBERS.get(word, ())}
    return any(
        families.get(family, name) != name
        for word in only_b
        for family, name in MEMBERS.get(word, ())
    )


def _slots(order: tuple[str, ...], only: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return the shared words on both sides of each run of words that only this text has."""
    slots: set[tuple[str, str]] = set()
    before, run = "", 0
    for word in (*order, ""):
        if word in only:
            run += 1
            continue
        if 0 < run <= _RUN and (before or word):
            slots.add((before, word))
        before, run = word, 0
    return frozenset(slots)
