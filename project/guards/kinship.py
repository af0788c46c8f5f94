"""Say whether two words can stand for one another: forms, synonyms, opposites, slips of a word.

Opposites are akin here because the guard of opposites weighs them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from project.guards.antonyms import SIDES
from project.guards.lexicon import word_set
from project.guards.phrasal_verbs import PARTICLES, meanings
from project.guards.stems import stem
from project.guards.synonyms import SYNONYMS
from project.guards.word_families import MEMBERS
from project.guards.wording import KEPT, read

_HEAD: Final = 4  # letters that make the head of a compound
_ROOT: Final = 4  # letters that two derivations share
_ENDINGS: Final = word_set(
    "e er or it at ist ism ity ness th ure ery age ian ic ical ive ous ful iv y"
) | {""}
_SLIP: Final = 4  # letters that a word needs before one of them may be a slip


class Vocabulary(NamedTuple):
    """The words of a text that carry meaning, and the groups and scales that they are on."""

    said: frozenset[str]
    groups: frozenset[int]
    scales: frozenset[int]

    def names(self, word: str) -> bool:
        """Say whether a stem, or a word that can stand for it, is in the text."""
        if word in self.said:
            return True
        groups, scales = _kin(word)
        if not (groups.isdisjoint(self.groups) and scales.isdisjoint(self.scales)):
            return True
        return any(spelled_alike(word, other) for other in self.said)


@lru_cache(maxsize=KEPT)
def vocabulary(text: str) -> Vocabulary:
    """Return the words that a text says, with their kin."""
    reading = read(text)
    phrases = (
        stem(meaning)
        for place, word in enumerate(reading.words)
        if word in PARTICLES
        for meaning in meanings(reading.words, place)
    )
    said = frozenset((*reading.content, *phrases))
    groups: set[int] = set()
    scales: set[int] = set()
    for word in said:
        of_word = _kin(word)
        groups |= of_word[0]
        scales |= of_word[1]
    return Vocabulary(said, frozenset(groups), frozenset(scales))


@lru_cache(maxsize=8192)
def _kin(word: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the groups of synonyms and the scales of opposites that a stem is on."""
    scales = frozenset(scale for scale, _ in SIDES.get(word, ()))
    return SYNONYMS.get(word, frozenset()), scales


@lru_cache(maxsize=65536)
def spelled_alike(one: str, other: str) -> bool:
    """Say whether one stem is a compound or a derivation of the other, or a slip of it.

    Two words that are both known are two words: `boot` is no slip of `boat`.
    """
    if _is_compound(one, other):
        return True
    if one[:1] != other[:1] or (_is_known(one) and _is_known(other)):
        return False
    return _is_derived(one, other) or _is_slip(one, other)


def _is_compound(one: str, other: str) -> bool:
    """Say whether one word ends in the other: `lightbulb` is a `bulb`."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _HEAD and long.endswith(short)


def _is_derived(one: str, other: str) -> bool:
    """Say whether two words are one root with other endings: `define` and `definition`."""
    common = _shared_start(one, other)
    return common >= _ROOT and one[common:] in _ENDINGS and other[common:] in _ENDINGS


def _is_slip(one: str, other: str) -> bool:
    """Say whether two words differ by one letter more, less, other or out of place."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SLIP:
        return False
    start = _shared_start(one, other)
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _shared_start(one: str, other: str) -> int:
    """Return how many letters two words have in common from the start."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _is_known(word: str) -> bool:
    return word in MEMBERS or word in SYNONYMS or word in SIDES
