"""Two questions that ask for different things to be done, or to be told, are different questions.

`raise my limit` is not `what is my limit`: an act that changes something must be named in both
texts, unless the other one names a trouble (`my card is locked`) that the act may mend. `When is it
due`, `what does it cost` and `how do I pay it` want a time, a price and a way.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from project.guards.kinship import vocabulary
from project.guards.lexicon import word_set
from project.guards.negation import denials
from project.guards.stems import stem
from project.guards.wording import KEPT, read

_CHANGING: Final = frozenset(
    stem(word)
    for word in word_set(
        """
cancel close delete remove block freeze lock unlock unblock unfreeze stop pause resume suspend
terminate change update edit modify rename reset exchange swap return renew extend postpone
reschedule move upgrade downgrade increase decrease raise lower reduce improve boost transfer
withdraw deposit join subscribe unsubscribe enrol register activate deactivate enable disable
install uninstall download upload import export report dispute complain appeal repair fix replace
merge split combine compress encrypt print scan hide unhide mute unmute dim share recycle dispose
donate lend borrow rent hire book reserve schedule claim redeem request higher
"""
    )
)
_TROUBLE: Final = word_set(
    "wrong forgot forgotten lost locked blocked frozen broken declined rejected denied missing "
    "damaged damage expired disabled suspended closed stuck error errors problem problems issue "
    "issues trouble failed fail fails fault faulty incorrect mistake mistaken misspelled old "
    "different another other late never stolen hacked unable defective typo invalid full slow "
    "cracked crashed stopped without"
)
_PASSED: Final = word_set("please still also just now to go about get")
_MODALS: Final = word_set("do can could may will would should might")
_ASKERS: Final = word_set("i we you one")
_BEFORE_TO: Final = word_set(
    "how want need like wish trying try going able possible way ways where have you"
)
_WISHES: Final = word_set("want need like get")
_WISH_REACH: Final = 4  # words from `I want` to what is to be done
_TIMED: Final = frozenset(
    {("how", word) for word in word_set("long soon fast quickly")}
    | {("what", word) for word in word_set("time day date")}
)
_COUNTED_TIME: Final = word_set("days weeks hours minutes months years")
_PRICE: Final = word_set("cost costs price prices pricing fee fees")
_PRICED: Final = word_set("is are for do")
_ABLE: Final = word_set("can could may")
_WISHED: Final = frozenset({("i", "want"), ("i", "need"), ("we", "want"), ("we", "need")})
_WOULD_LIKE: Final = ("would", "like")
_OWN: Final = word_set("my left it in on i")


class Request(NamedTuple):
    """What a text asks to have done or to be told."""

    acts: frozenset[str]
    wants: frozenset[str]
    troubled: bool


def requests_agree(asked: str, known: str) -> bool:
    """Say whether both texts ask for the same to be done or told."""
    a, b = request(asked), request(known)
    if a.wants and b.wants and a.wants.isdisjoint(b.wants):
        return False
    return _named(a.acts, b, known) and _named(b.acts, a, asked)


@lru_cache(maxsize=KEPT)
def request(text: str) -> Request:
    """Return what a text asks for."""
    reading = read(text)
    words = reading.words
    acts = {
        root
        for place, root in enumerate(reading.stems)
        if root in _CHANGING and _is_asked(words, place)
    }
    return Request(
        frozenset(acts),
        _wants(words),
        troubled=bool(denials(text)) or not _TROUBLE.isdisjoint(words),
    )


def _is_asked(words: tuple[str, ...], place: int) -> bool:
    """Say whether the act at a place is asked for: `how do I`, `I want to`, `please`, a command."""
    if words[place].endswith("ed"):
        return not _WISHES.isdisjoint(words[max(0, place - _WISH_REACH) : place])
    start = place
    while start and words[start - 1] in _PASSED:
        start -= 1
    if start == 0 or "please" in words[start:place]:
        return True
    before, earlier = words[start - 1], words[start - 2] if start > 1 else ""
    if "to" in words[start:place] and before in _BEFORE_TO:
        return True
    if before in _ASKERS:
        return earlier in _MODALS
    return "get" in words[start:place] or (before == "me" and earlier in {"help", "let"})


def _wants(words: tuple[str, ...]) -> frozenset[str]:
    """Return what a text wants to be told: a time, a price, a way."""
    pairs = tuple(pairwise(words))
    wants = set()
    if "when" in words[:3] or not _TIMED.isdisjoint(pairs[:3]):
        wants.add("time")
    if ("how", "many") in pairs[:3] and not _COUNTED_TIME.isdisjoint(words[:5]):
        wants.add("time")
    if not _PRICE.isdisjoint(words) or _asks_price(words):
        wants.add("price")
    if _asks_way(words, pairs):
        wants.add("way")
    return frozenset(wants)


def _asks_price(words: tuple[str, ...]) -> bool:
    """Read `how much is the ...`, but not `how much is left`, `how much is my ...`."""
    triples = zip(words, words[1:], words[2:], (*words[3:], ""), strict=False)
    return any(
        (how, much) == ("how", "much") and be in _PRICED and what not in _OWN
        for how, much, be, what in triples
    )


def _asks_way(words: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> bool:
    """Read `how to`, `how do I`, `I want`, `can I`."""
    if ("how", "to") in pairs or _WOULD_LIKE in pairs or not _WISHED.isdisjoint(pairs):
        return True
    if words[:1] == ("please",):
        words, pairs = words[1:], pairs[1:]
    opens = pairs[:1] and pairs[0][0] in _ABLE and pairs[0][1] in _ASKERS
    return bool(opens) or any(
        how == "how" and (modal == "do" or modal in _ABLE) and asker in _ASKERS
        for how, modal, asker in zip(words, words[1:], words[2:], strict=False)
    )


def _named(acts: frozenset[str], other: Request, text: str) -> bool:
    """Say whether the other text names each act or a word for it, or a trouble."""
    return other.troubled or all(map(vocabulary(text).names, acts))
