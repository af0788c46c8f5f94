"""Two questions that name different amounts are different questions.

`3 transfers` is not `30 transfers`, `50 m` is not `50 ft`, `per hour` is not `per night`; but `3`
is `three`, `30k` is `30,000`, `24 hours` is `a day` and `21:00` is `9 pm`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from project.guards.lexicon import word_set
from project.guards.numerals import Numeral, numeral_at
from project.guards.stems import stem
from project.guards.units import AFTER_NUMBER, POUND, UNITS, Unit
from project.guards.wording import KEPT, is_function_word, read

if TYPE_CHECKING:
    from collections.abc import Iterable

_RANK: Final = Unit("rank", 1.0)
_MONEY_SIGNS: Final = frozenset("$€£¥₹")
_BETWEEN: Final = word_set(
    "square cubic sq more extra business working calendar whole full fl fluid degrees degree ° long"
)
_OPENING: Final = word_set("opening business office working store shop visiting")
_EACH: Final = frozenset(("per", "each", "every"))
_LASTING: Final = word_set("been has have had since last past already was")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `told` marks a circumstance, as in `I ordered 3 days ago`."""

    number: float
    unit: Unit | None
    told: bool = False

    def equals(self, other: Quantity) -> bool:
        """Say whether both name the same amount; a missing unit fits any."""
        if self.number == other.number and _compatible(self.unit, other.unit):
            return True
        if self.unit is None or other.unit is None or self.unit.name != other.unit.name:
            return False
        return self.unit.dimension == other.unit.dimension and math.isclose(
            self.number * self.unit.factor, other.number * other.unit.factor, rel_tol=0.005
        )


@dataclass(frozen=True, slots=True)
class Amounts:
    """All that a text says of amounts: numbers, units, what is counted, and per what."""

    quantities: tuple[Quantity, ...]
    units: frozenset[Unit]
    counted: frozenset[tuple[str, float]]
    per: frozenset[str]


def amounts_agree(asked: str, known: str) -> bool:
    """Say whether both texts name the same amounts in the same units."""
    a, b = amounts(asked), amounts(known)
    return (
        _numbers_agree(a.quantities, b.quantities)
        and _units_agree(a.units, b.units)
        and _counts_agree(a.counted, b.counted)
        and (not a.per or not b.per or a.per == b.per)
    )


@lru_cache(maxsize=KEPT)
def amounts(text: str) -> Amounts:
    """Return what a text says of amounts."""
    words = read(text).words
    quantities: list[Quantity] = []
    units: set[Unit] = set()
    counted: set[tuple[str, float]] = set()
    place = 0
    while place < len(words):
        found = _numeral(words, place)
        if found is None:
            units |= _unit_alone(words, place)
            place += 1
            continue
        quantity, place = _with_unit(words, place, found)
        quantities.append(quantity)
        if quantity.unit is None and place < len(words) and not is_function_word(words[place]):
            counted.add((stem(words[place]), quantity.number))
    units |= {q.unit for q in quantities if q.number == 1 and q.unit is not None}
    return Amounts(tuple(quantities), frozenset(units), frozenset(counted), _per(words))


def _numeral(words: tuple[str, ...], place: int) -> Numeral | None:
    """Return the number at a place; `a` and `an` are one before a unit: `an hour`."""
    word, after = words[place], words[place + 1 : place + 2]
    if word in {"a", "an"} and after and after[0] in UNITS:
        return Numeral(1.0, place + 1)
    if word == "second" and place and words[place - 1] in _EACH:
        return None
    return numeral_at(words, place)


def _with_unit(words: tuple[str, ...], start: int, found: Numeral) -> tuple[Quantity, int]:
    """Attach what stands around a number: `$` before it, a unit, `am` or `ago` after it."""
    number, after = found.value, found.after
    if found.ranks:
        return Quantity(number, _RANK), after
    following = words[after] if after < len(words) else ""
    if following in {"am", "pm"}:
        return Quantity(number % 12 + (12 if following == "pm" else 0), None), after + 1
    before = words[start - 1] if start else ""
    if before in _MONEY_SIGNS:
        return Quantity(number, UNITS[before]), after
    while following in _BETWEEN and after + 1 < len(words):
        after, following = after + 1, words[after + 1]
    unit = AFTER_NUMBER.get(following) or UNITS.get(following)
    if unit is None:
        unit_before = UNITS.get(before)
        money = unit_before if unit_before and unit_before.dimension == "money" else None
        return Quantity(number, money), after
    told = unit.dimension == "time" and _is_told(words, start, after + 1)
    return Quantity(number, unit, told), after + 1


def _is_told(words: tuple[str, ...], start: int, after: int) -> bool:
    """Say whether a span of time is told of the past: `3 days ago`, `waiting since 3 days`."""
    return words[after : after + 1] == ("ago",) or not _LASTING.isdisjoint(words[:start])


def _unit_alone(words: tuple[str, ...], place: int) -> set[Unit]:
    """Return the unit that a word names with no number before it."""
    word, before = words[place], words[place - 1] if place else ""
    if word == "second":
        return {AFTER_NUMBER[word]}
    if word in {"hours", "days"} and before in _OPENING:
        return set()
    if word in UNITS and UNITS[word] == POUND:
        return {UNITS["gbp"], UNITS["lb"]}
    return {UNITS[word]} if word in UNITS else set()


def _per(words: tuple[str, ...]) -> frozenset[str]:
    """Return what is counted by: `per person`, `each night`."""
    pairs = pairwise(words)
    return frozenset(stem(word) for before, word in pairs if before in _EACH)


def _compatible(a: Unit | None, b: Unit | None) -> bool:
    if a is None or b is None or a == b:
        return True
    return POUND in {a, b} and bool({a, b} & {UNITS["gbp"], UNITS["lb"]})


def _numbers_agree(a: Iterable[Quantity], b: Iterable[Quantity]) -> bool:
    """Say whether each amount has its equal; `one`, and what is told, may stand on one side."""
    only_a = [q for q in a if not any(q.equals(other) for other in b)]
    only_b = [q for q in b if not any(q.equals(other) for other in a)]
    if only_a and only_b:
        return False
    return all(q.told or q.number == 1 for q in only_a + only_b)


def _units_agree(a: frozenset[Unit], b: frozenset[Unit]) -> bool:
    """Say whether in no dimension each text names a unit that the other does not."""
    if not a or not b or a == b:
        return True
    return {unit.dimension for unit in a - b}.isdisjoint(unit.dimension for unit in b - a)


def _counts_agree(a: frozenset[tuple[str, float]], b: frozenset[tuple[str, float]]) -> bool:
    """Say whether what both texts count is as many in both: `2 orders in 1 box`."""
    if not a or not b or a == b:
        return True
    nouns = {noun for noun, _ in a} & {noun for noun, _ in b}
    return {pair for pair in a if pair[0] in nouns} == {pair for pair in b if pair[0] in nouns}
