"""Two questions with the same words in other roles are different questions.

`from savings to checking` is not `from checking to savings` (`guards.roles`), `I owe you` is not
`you owe me` (`guards.dealings`), and `does the pot fit the lid` is not `does the lid fit the pot`:
there two parts of the sentence have changed places around what stays between them. An order that
changes nothing is none: `the cost of delivery` is `the delivery cost`, a clause may come first or
last, and `cats and dogs` are `dogs and cats`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from project.guards.dealings import dealings_agree
from project.guards.lexicon import word_set
from project.guards.roles import roles_agree
from project.guards.stems import stem
from project.guards.wording import KEPT, is_function_word, read, root

_SKIPPED: Final = word_set(
    "a an the this that these those my your our his her its their of some any me you us him them "
    "it i we he she they mine yours ours hers theirs"
)
_ARTICLES: Final = word_set("a an the")
# Forms that only follow who stands before them.
_PLAIN: Final = {
    "me": "i",
    "us": "we",
    "him": "he",
    "them": "they",
    "does": "do",
    "is": "are",
    "am": "are",
    "was": "were",
    "has": "have",
}
_PERSONS: Final = word_set("i we you he she they")
_ASKING: Final = word_set("how what which where when who why")
_ALIKE: Final = word_set("and or nor versus vs with between same equals either both")
# With these verbs `with` has a direction.
_REPLACING: Final = frozenset(
    stem(word) for word in word_set("replace substitute cover fill swap load paint")
)
_LONGEST: Final = 3  # words that may change places as one


class Order(NamedTuple):
    """The words of a text in order: without pronouns, and with them; and as a set."""

    things: tuple[str, ...]
    persons: tuple[str, ...]
    bag: frozenset[str]


def directions_agree(asked: str, known: str) -> bool:
    """Say whether the words that both texts share play the same roles in both."""
    return (
        roles_agree(asked, known)
        and dealings_agree(asked, known)
        and not _changed_places(order(asked), order(known))
    )


@lru_cache(maxsize=KEPT)
def order(text: str) -> Order:
    """Return the words of a text in order."""
    words = read(text).words
    things = tuple(_PLAIN.get(word) or root(word) for word in words if word not in _SKIPPED)
    persons = tuple(_PLAIN.get(word, word) for word in words if word not in _ARTICLES)
    return Order(things, persons, frozenset(things))


def _changed_places(a: Order, b: Order) -> bool:
    """Say whether two parts of a sentence have changed places around what stays between them."""
    if a.bag != b.bag:
        return False
    return _swapped(a.things, b.things) or _swapped(a.persons, b.persons)


def _swapped(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Say whether a is X-middle-Y where b is Y-middle-X."""
    if a == b or len(a) != len(b):
        return False
    start, end = 0, len(a)
    while a[start] == b[start]:
        start += 1
    while a[end - 1] == b[end - 1]:
        end -= 1
    middle = _between(a[start:end], b[start:end])
    if middle is None:
        return False
    has_direction = "with" in middle and not _REPLACING.isdisjoint(map(root, a))
    return has_direction or not all(word in _ALIKE for word in middle)


def _between(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what stays between two exchanged parts that both name something."""
    for x in range(1, min(_LONGEST, len(a) - 2) + 1):
        for y in range(1, min(_LONGEST, len(a) - x - 1) + 1):
            left, middle, right = a[:x], a[x : len(a) - y], a[len(a) - y :]
            if b == (*right, *middle, *left):
                return middle if _names(left) and _names(right) else None
    return None


def _names(part: tuple[str, ...]) -> bool:
    """Say whether a part names a thing or a person, and does not ask for one."""
    named = any(word in _PERSONS or not is_function_word(word) for word in part)
    return named and _ASKING.isdisjoint(part)
