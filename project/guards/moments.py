"""Two questions about different times are different questions.

`on Monday` is not `on Friday`, `in June` is not `in July`, `today` is not `tomorrow`. A time that
only one text names stops it too, unless it tells of the past: `where is my order, I bought it on
Monday` may share the answer of `where is my order`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from project.guards.lexicon import groups, word_set
from project.guards.wording import KEPT, read

_NAMES: Final = """
weekday monday mondays mon; weekday tuesday tuesdays tue tues; weekday wednesday wednesdays weds;
weekday thursday thursdays thu thur thurs; weekday friday fridays fri; weekday saturday saturdays;
weekday sunday sundays; weekday weekend weekends; weekday weekday weekdays workday workdays;
month january jan; month february feb; month march; month april apr; month may; month june jun;
month july jul; month august aug; month september sep sept; month october oct;
month november nov; month december dec; season spring springtime; season summer summertime summers;
season autumn fall autumns; season winter wintertime winters; feast christmas xmas; feast easter;
feast thanksgiving; feast halloween; feast ramadan; feast eid; feast diwali; feast hanukkah;
feast passover; feast pentecost whitsun; feast valentine valentines; feast midsummer;
feast birthday birthdays; daytime morning mornings; daytime afternoon afternoons;
daytime evening evenings; daytime night nights overnight; daytime noon midday noontime;
daytime midnight; daytime lunchtime lunch; daytime dawn sunrise; daytime dusk sunset; daytime eve;
daytime am; daytime pm; day today; day tonight; day tomorrow tmrw tomorow tommorow tommorrow;
day yesterday;
"""
_CLASS: Final = {word: (names[0], names[1]) for names in groups(_NAMES) for word in names[1:]}
_WHICH: Final = {
    word: names[0]
    for names in groups(
        "this current ongoing; next coming following upcoming; last previous past; same"
    )
    for word in names
}
_SPANS: Final = word_set("day week weekend month quarter year season")
NAMED_TIMES: Final = frozenset(_CLASS)
_WITHIN: Final = {
    "am": word_set("morning am"),
    "pm": word_set("afternoon evening night pm"),
    "weekend": word_set("saturday sunday weekend"),
    "weekday": word_set("monday tuesday wednesday thursday friday weekday"),
}
# Words that are months only after one of these, or before a number: `in May`, `May 5`.
_AMBIGUOUS: Final = word_set("may march spring fall")
_BEFORE_TIME: Final = word_set(
    "in of until till by for since next last this early late mid end from to before after through "
    "during around every and"
)
_COUNTED_BY: Final = word_set("per each a")  # `per night` is an amount
_PAST: Final = word_set(
    "bought came sent got paid made was were had went gave took said told last ago since been did "
    "left began met saw put wrote"
)
_FORGIVEN: Final = word_set("yesterday today am pm")  # the hour itself is a number
_REACH: Final = 5  # words from a verb in the past to the time it speaks of


class Moment(NamedTuple):
    """A named time; `told` marks one that only tells of the past."""

    kind: str
    name: str
    told: bool


def moments_agree(asked: str, known: str) -> bool:
    """Say whether both texts speak of the same times."""
    a, b = moments(asked), moments(known)
    if a == b:
        return True
    return _covered(a, b) and _covered(b, a)


@lru_cache(maxsize=KEPT)
def moments(text: str) -> frozenset[Moment]:
    """Return the times that a text names."""
    words = read(text).words
    named = {
        Moment(*_CLASS[word], _is_told(words, place))
        for place, word in enumerate(words)
        if word in _CLASS and _is_time(words, place)
    }
    return frozenset(named | _spans(words))


def _spans(words: tuple[str, ...]) -> set[Moment]:
    """Return which week, month or year a text speaks of: `next week`, `this year`."""
    return {
        Moment("which", _WHICH[which], span == "day" or _WHICH[which] != "next")
        for which, span in pairwise(words)
        if span in _SPANS and which in _WHICH
    }


def _is_time(words: tuple[str, ...], place: int) -> bool:
    """Say whether a word is a time here: not `may I`, not `good morning`."""
    before = words[place - 1] if place else ""
    if before == "good":
        return words[place] == "friday"
    if words[place] == "night" and before in _COUNTED_BY:
        return False
    if words[place] in {"am", "pm"}:
        return before[-1:].isdecimal()
    if words[place] not in _AMBIGUOUS:
        return True
    after = words[place + 1] if place + 1 < len(words) else ""
    return before in _BEFORE_TIME or before[-1:].isdecimal() or after[:1].isdecimal()


def _is_told(words: tuple[str, ...], place: int) -> bool:
    """Say whether a time only tells of the past: `yesterday`, `I ordered on Monday`."""
    if words[place] in _FORGIVEN:
        return True
    nearby = words[max(0, place - _REACH) : place]
    return any(word in _PAST or (word.endswith("ed") and len(word) > 4) for word in nearby)


def _covered(a: frozenset[Moment], b: frozenset[Moment]) -> bool:
    """Say whether each time of one text stands in the other, or needs not to."""
    names = {moment.name for moment in b}
    kinds = {moment.kind for moment in b}
    for moment in a:
        if moment.name in names or not names.isdisjoint(_WITHIN.get(moment.name, ())):
            continue
        if any(moment.name in _WITHIN.get(name, ()) for name in names):
            continue
        if moment.kind in kinds or not moment.told:
            return False
    return True
