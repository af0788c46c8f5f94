"""Read the numbers people write: `30k`, `4,000`, `twenty-six`, `one and a half`, `twice`, `3rd`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from project.guards.lexicon import counted

MULTIPLES: Final = {
    "k": 1e3,
    "grand": 1e3,
    "hundred": 1e2,
    "thousand": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "mio": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "dozen": 12.0,
}
_SMALL: Final = counted(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    first=0,
)
_TENS: Final = {
    word: 10 * value
    for word, value in counted(
        "twenty thirty forty fifty sixty seventy eighty ninety", first=2
    ).items()
}
_TIMES: Final = {
    "once": 1.0,
    "single": 1.0,
    "twice": 2.0,
    "double": 2.0,
    "couple": 2.0,
    "duplicate": 2.0,
    "duplicated": 2.0,
    "duplicates": 2.0,
    "thrice": 3.0,
    "triple": 3.0,
    "half": 0.5,
}
_SPELLED: Final = _SMALL | _TENS | _TIMES | MULTIPLES | {"fourty": 40.0}
_RANKS: Final = counted(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", first=1
)
NUMBER_WORDS: Final = frozenset(_SPELLED) | frozenset(_RANKS)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number, whether it ranks (`3rd`) or counts (`3`), and the place of the word after it."""

    value: float
    after: int
    ranks: bool = False


def numeral_at(words: tuple[str, ...], place: int) -> Numeral | None:
    """Return the number that starts at a place."""
    word = words[place]
    if word[-1].isdecimal():
        number, after = _digits(words, place)
        if words[after : after + 1] in {("st",), ("nd",), ("rd",), ("th",)}:
            return Numeral(number, after + 1, ranks=True)
    elif word in _RANKS:
        return Numeral(_RANKS[word], place + 1, ranks=True)
    elif word in _SPELLED and word != "k":
        number, after = _spelled(words, place)
    else:
        return None
    while after < len(words) and words[after] in MULTIPLES:
        number, after = number * MULTIPLES[words[after]], after + 1
    if words[after : after + 3] == ("and", "a", "half"):
        number, after = number + 0.5, after + 3
    return Numeral(number, after)


def _digits(words: tuple[str, ...], place: int) -> tuple[float, int]:
    """Read `4,000`, `4 000`, `1.5`, `1,5`, and the time `9:30` as 9.3."""
    word, after = words[place], place + 1
    if _THOUSANDS.fullmatch(word):
        return float(word.replace(",", "")), after
    whole, _, rest = word.replace(",", ".").replace(":", ".").partition(".")
    while not rest and words[after : after + 1] == ("000",):
        whole, after = whole + "000", after + 1
    return float(f"{whole}.{rest.replace('.', '') or 0}"), after


def _spelled(words: tuple[str, ...], place: int) -> tuple[float, int]:
    """Read `twenty six`, `two hundred and fifty`: hundreds multiply, smaller ones are added."""
    total, group, after = 0.0, 0.0, place
    following: int | None = place
    while following is not None:
        word, after = words[following], following + 1
        value = _SPELLED[word]
        if word not in MULTIPLES:
            group += value
        elif value < 1000:
            group = (group or 1) * value
        else:
            total, group = total + (group or 1) * value, 0.0
        following = _continuation(words, after, word)
    if words[after - 1 : after + 1] in {("half", "a"), ("half", "an")}:
        after += 1
    return total + group, after


def _continuation(words: tuple[str, ...], place: int, last: str) -> int | None:
    """Return the place of the next word of the same number, if there is one."""
    if words[place : place + 1] == ("and",) and last in MULTIPLES:
        place += 1
    word = words[place] if place < len(words) else ""
    if word in MULTIPLES and word != "k" and words[place - 1] != "and":
        return place
    if word in _TENS and last in MULTIPLES:
        return place
    if last in MULTIPLES:
        return place if word in _SMALL else None
    return place if last in _TENS and 0 < _SMALL.get(word, 0) < 10 else None
