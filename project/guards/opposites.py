"""Two questions that name opposites are different questions: `enable` is not `disable`.

Each scale of `guards.antonyms` has two ends. A text takes the end that it names, or the other one
if it denies it (`not allowed` is `forbidden`). Two texts differ if on any scale one takes one end
only and the other the other end only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from project.guards.affixes import side_by_affix
from project.guards.antonyms import SIDES, UNDOING
from project.guards.lexicon import word_set
from project.guards.negation import denials, is_state
from project.guards.phrasal_verbs import PARTICLES, meanings, pole, tuning
from project.guards.stems import stem
from project.guards.wording import KEPT, read, root

if TYPE_CHECKING:
    from collections.abc import Iterator

# Here a word stands on a scale only by chance.
_IDIOMS: Final = re.compile(
    r"\b(?:(?:opening|closing) (?:hours?|times?)|right (?:now|away|after|before|here|there|time)"
    r"|(?:all|that|this|it) right|last(?:s|ed)?(?: for| long|$)|at (?:all|last)|no longer"
    r"|how (?:much|many|long|far|old|big|large|tall|high|heavy|hot|cold|deep|fast|soon|early|late)"
    r"|(?:as|so) (?:much|many|long|far)|a (?:few|little|lot)|lots? of|open up|close to|most of"
    r"|(?:more|less) than|more or less|other than|each other|on the other hand)\b"
)
_MAY_BE_IDIOM: Final = word_set(
    "opening closing right last lasts lasted longer much many long far old big large tall high "
    "heavy hot cold deep fast early late few little lot lots open close most more less other"
)
# Verbs of two sides of one deal: what you send, I receive.
_CONVERSE: Final = {
    stem(word): (scale, sign)
    for scale, sign, words in (
        ("trade", 1, ("buy", "purchase")),
        ("trade", -1, ("sell",)),
        ("send", 1, ("receive",)),
        ("send", -1, ("send", "post")),
        ("lend", 1, ("borrow",)),
        ("lend", -1, ("lend",)),
        ("rent", 1, ("rent",)),
        ("rent", -1, ("let",)),
    )
    for word in words
}
_PARTICIPLES: Final = word_set("sent sold bought received lent borrowed purchased posted rented")
_SELVES: Final = word_set("i we")
_OTHERS: Final = word_set("you they who")
_PASSIVE: Final = _OTHERS | word_set("is are was were been be being")
_FOR_ME: Final = word_set("me us")
_SUBJECT_REACH: Final = 2  # words from a participle back to its subject


class End(NamedTuple):
    """One end of a scale."""

    scale: str
    sign: int


def opposites_agree(asked: str, known: str) -> bool:
    """Say whether the texts stand at no opposite ends of any scale."""
    one, other = tuning(asked), tuning(known)
    if one and other and one.isdisjoint(other):
        return False
    a, b = ends(asked), ends(known)
    return not any(_opposed(end, a, b) for end in a)


@lru_cache(maxsize=KEPT)
def ends(text: str) -> dict[End, frozenset[str]]:
    """Return the ends of scales that a text takes, each with the words that take it."""
    words = read(text).words
    if not _MAY_BE_IDIOM.isdisjoint(words):
        words = tuple(_IDIOMS.sub(" ", " ".join(words)).split())
    denied = {denial.nearest for denial in denials(text)}
    found: dict[End, set[str]] = defaultdict(set)
    for place, word in enumerate(words):
        base = root(word)
        flip = -1 if base in denied else 1
        for scale, sign in _of_word(word):
            found[End(scale, sign * flip)].add(base)
        if word in PARTICLES:
            for scale, sign in _of_particle(words, place):
                found[End(scale, sign * flip)].add(base)
        if base in _CONVERSE and (view := _viewpoint(words, place)):
            scale, sign = _CONVERSE[base]
            found[End(scale, sign * flip * view)].add(f"{base} {view}")
    return {end: frozenset(roots) for end, roots in found.items()}


def _opposed(end: End, a: dict[End, frozenset[str]], b: dict[End, frozenset[str]]) -> bool:
    """Say whether the other text takes only the opposite end, by another word."""
    opposite = End(end.scale, -end.sign)
    return opposite in b and end not in b and opposite not in a and a[end].isdisjoint(b[opposite])


@lru_cache(maxsize=KEPT)
def _of_word(word: str) -> tuple[End, ...]:
    """Return the ends that a word takes wherever it stands."""
    sides = {*SIDES.get(word, ()), *SIDES.get(root(word), ())}
    by_affix = side_by_affix(word)
    return (
        *(_placed(scale, sign, word) for scale, sign in sorted(sides)),
        *([End(*by_affix)] if by_affix is not None else []),
    )


def _placed(scale: int, sign: int, word: str) -> End:
    """Return an end; what is `locked` stands apart from `unlock`, which asks to undo it."""
    return End(f"{scale} state" if scale in UNDOING and is_state(word) else str(scale), sign)


def _of_particle(words: tuple[str, ...], place: int) -> Iterator[End]:
    """Yield the ends that a particle takes with its verb: `send it back`, `turn it on`."""
    for meaning in meanings(words, place):
        yield from _of_word(meaning)
    if (side := pole(words, place)) is not None:
        yield End(*side)


def _viewpoint(words: tuple[str, ...], place: int) -> int:
    """Return -1 where the other side acts: `do you sell` is `can I buy`; 0 if nobody is named.

    A participle has its subject straight before it: in `I want it sent` somebody else sends.
    """
    is_participle = words[place] in _PARTICIPLES
    if not _FOR_ME.isdisjoint(words[place + 1 : place + 3]):
        return -1
    start, others = 0, _OTHERS
    if is_participle:
        start, others = max(0, place - _SUBJECT_REACH), _PASSIVE
    for word in reversed(words[start:place]):
        if word in _SELVES:
            return 1
        if word in others:
            return -1
    return 0 if is_participle else 1
