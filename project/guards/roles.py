"""Read what stands behind each preposition: `from savings to checking`, `before the holiday`.

The same words behind other prepositions are another question: `from checking to savings`, `after
the holiday`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from project.guards.lexicon import word_set
from project.guards.wording import KEPT, is_function_word, read, root

_PREPOSITIONS: Final = word_set(
    "from to into onto toward towards than before after until over under above below inside "
    "outside out off by in on at for behind against through instead"
)
_FIRM: Final = _PREPOSITIONS - {"for", "at", "by"}  # the others are easily exchanged
_SOURCE: Final = word_set("from")
_GOAL: Final = word_set("to into onto toward towards")
_OPPOSED: Final = (
    ("before", "after"),
    ("over", "under"),
    ("above", "below"),
    ("inside", "outside"),
    ("until", "from"),
    ("until", "after"),
    ("by", "after"),
    ("into", "out"),
    ("in", "out"),
    ("onto", "off"),
)
_OPPOSABLE: Final = frozenset(name for pair in _OPPOSED for name in pair)
# Before a `to` that goes nowhere: `how to`, `I want to`.
_INFINITIVE: Final = word_set(
    "how want wants like need needs have has had try trying able going possible allowed what where "
    "when easy hard wish ways way used forgot"
)
_SKIPPED: Final = word_set(
    "a an the this that these those my your our his her its their of some any me you us him them "
    "it i we he she they s mine yours ours hers theirs"
)
_PASSED: Final = _SKIPPED | {"and", "or"}
_HOLDERS: Final = 3  # how many words a preposition may govern

Governed = dict[str, frozenset[str]]


class Roles(NamedTuple):
    """The stems behind each preposition, where things come from, where they go, all stems."""

    governed: Governed
    source: frozenset[str]
    goal: frozenset[str]
    stems: frozenset[str]


def roles_agree(asked: str, known: str) -> bool:
    """Say whether the words that both texts share stand behind the same prepositions."""
    a, b = roles(asked), roles(known)
    if not a.governed or not b.governed or a.governed == b.governed:
        return True
    shared = a.governed.keys() & b.governed.keys()
    return not (
        _turned(a, b)
        or _turned(b, a)
        or _opposed(a.governed, b.governed)
        or _opposed(b.governed, a.governed)
        or any(_exchanged(name, a, b) for name in shared)
        or _moved(shared & _FIRM, a.governed, b.governed)
    )


@lru_cache(maxsize=KEPT)
def roles(text: str) -> Roles:
    """Return what stands behind the prepositions of a text."""
    reading = read(text)
    words = reading.words
    governed: dict[str, set[str]] = {}
    for place, word in enumerate(words):
        if word in _PREPOSITIONS and not _is_infinitive(words, place):
            governed.setdefault(word, set()).update(_holders(words, place + 1))
    found = {name: frozenset(holders) for name, holders in governed.items() if holders}
    return Roles(found, _any(found, _SOURCE), _any(found, _GOAL), frozenset(reading.stems))


def _is_infinitive(words: tuple[str, ...], place: int) -> bool:
    return words[place] == "to" and place > 0 and words[place - 1] in _INFINITIVE


def _holders(words: tuple[str, ...], start: int) -> set[str]:
    """Return the first meaningful words behind a preposition, up to the next function word."""
    holders: set[str] = set()
    for word in words[start:]:
        if word in _PASSED:
            continue
        if is_function_word(word) or len(holders) == _HOLDERS:
            break
        holders.add(root(word))
    return holders


def _any(governed: Governed, names: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(governed[name] for name in names & governed.keys()))


def _turned(a: Roles, b: Roles) -> bool:
    """Say whether a word is where it comes from in one text, and where it goes in the other."""
    return not (a.source - b.source).isdisjoint(b.goal - a.goal)


def _opposed(a: Governed, b: Governed) -> bool:
    """Say whether one text puts before a thing what the other puts after it."""
    if _OPPOSABLE.isdisjoint(a) or _OPPOSABLE.isdisjoint(b):
        return False
    none: frozenset[str] = frozenset()
    return any(
        not (a.get(one, none) - a.get(two, none)).isdisjoint(b.get(two, none) - b.get(one, none))
        for one, two in _OPPOSED
    )


def _exchanged(name: str, a: Roles, b: Roles) -> bool:
    """Say whether a preposition has changed hands between words that stand in both texts."""
    only_a = a.governed[name] - b.governed[name]
    only_b = b.governed[name] - a.governed[name]
    return not (only_a.isdisjoint(b.stems) or only_b.isdisjoint(a.stems))


def _moved(shared: frozenset[str] | set[str], a: Governed, b: Governed) -> bool:
    """Say whether a word has moved between two prepositions that both texts have."""
    return any(
        not (a[one] - b[one]).isdisjoint(b[two] - a[two])
        for one in shared
        for two in shared
        if one != two
    )
