"""Two questions of which one denies what the other says are different questions.

A denial reaches to the next words that carry meaning: `not`, `never`, `without`, `no longer`, but
also `un-` in `unpaid` and `stop` in `stop sending`. It matters only if the other text says those
words and does not deny them, so `cancel it, I don't need it` may share with `cancel it`. Twice
denied is not denied; `can't I`, `isn't it` and `I don't know how to` deny nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from project.guards.affixes import denied_by_affix
from project.guards.lexicon import word_set
from project.guards.wording import KEPT, is_function_word, read, root

_NEGATORS: Final = word_set(
    "not no never without nor neither none nothing nobody nowhere unable non except hardly "
    "barely lacking lacks refuse refuses refused"
)
_STOPPING: Final = word_set("stop stops stopped stopping avoid avoids prevent prevents quit")
# These say `no` in other words: they can answer a denial, but do not deny by themselves.
_REFUSING: Final = word_set(
    "cancel delete remove stop unsubscribe exempt missing lost fail fails failed failing broken "
    "wrong declined rejected refused blocked stuck disappeared dead"
)
_FREE_OF: Final = word_set(
    "gluten sugar lactose dairy nut nuts fat alcohol smoke tax duty toll caffeine meat egg eggs "
    "wheat lead scent fragrance interest commission salt ad ads soy bpa rust"
)
_IDIOMS: Final = re.compile(
    r"\b(?:not only|no (?:problem|worries|rush|matter|idea|hurry|need to (?:hurry|rush))"
    r"|or not|(?:if|why) not$|yes (?:or|and) no|(?:do|did|does) not mind"
    r"|(?:do|am|is|are|did|does|can|could) not"
    r" (?:know|sure|understand|figure|remember|certain|see|tell|find)(?: out)?"
    r" (?=how|where|what|which|whether|if|when|who|why)"
    r"|not sure|do not know|no (?=\d)|do not worry|can not wait)\b"
)
_MAY_BE_IDIOM: Final = word_set("no not")
_ASKERS: Final = word_set("i you we he she it they there this that")
_NO_TAG_AFTER: Final = word_set("why i you we they")
_BREAKS: Final = word_set("but because if when while although though so whereas and or then since")
_ENDING: Final = _BREAKS | _NEGATORS
# Words that a denial passes through on its way to what it denies.
_LIGHT: Final = word_set("get got getting going longer long possible really actually go want")
_REACH: Final = 3  # how many meaningful words a denial may mean
_AROUND: Final = 4  # words between a refusal and what it refuses
_PERFECT: Final = word_set("has have had")
_OWNERS: Final = word_set("i we")
_OWNED: Final = word_set("a an the it them my your this that these those one all")
_AWAITING: Final = word_set("when yet")
# Participles and adjectives of state that no `-ed` shows.
STATES: Final = word_set("frozen hidden shut broken lost stolen stuck dead shown")


class Denial(NamedTuple):
    """What one negation denies: the first meaningful word, and the few that it may mean.

    `undoes` marks `unlock`, which asks to end that something is locked; `pending` marks what has
    not happened yet.
    """

    nearest: str
    may_mean: frozenset[str]
    undoes: bool = False
    pending: bool = False


class Stance(NamedTuple):
    """What a text affirms, what of it as a state only, and what it refuses in other words."""

    affirmed: frozenset[str]
    states: frozenset[str]
    refused: frozenset[tuple[str, str]]
    awaits: bool


def denials_agree(asked: str, known: str) -> bool:
    """Say whether neither text denies what the other affirms."""
    a, b = denials(asked), denials(known)
    return not (_contradict(a, asked, b, known) or _contradict(b, known, a, asked))


@lru_cache(maxsize=KEPT)
def denials(text: str) -> tuple[Denial, ...]:
    """Return what a text denies."""
    words = _without_idioms(read(text).words)
    found = [d for place in range(len(words)) if (d := _denial_at(words, place)) is not None]
    if len(found) < 2:
        return tuple(found)
    nearest = [denial.nearest for denial in found]
    return tuple(denial for denial in found if nearest.count(denial.nearest) % 2)


@lru_cache(maxsize=KEPT)
def stance(text: str) -> Stance:
    """Return what a text affirms, and what it refuses without a negation."""
    words = read(text).words
    denied = {denial.nearest for denial in denials(text)}
    meant = [word for word in words if not is_function_word(word)]
    acts = {root(word) for word in meant if not is_state(word)}
    affirmed = {root(word) for word in meant} | _having(words)
    return Stance(
        frozenset(affirmed - denied),
        frozenset(affirmed - acts),
        _refused(words),
        awaits=not _AWAITING.isdisjoint(words),
    )


def is_state(word: str) -> bool:
    """Say whether a word tells what something is, as `locked` does, and not what to do with it."""
    return word.endswith("ed") or word in STATES


def _without_idioms(words: tuple[str, ...]) -> tuple[str, ...]:
    if _MAY_BE_IDIOM.isdisjoint(words):
        return words
    return tuple(_IDIOMS.sub(" ", " ".join(words)).split())


def _denial_at(words: tuple[str, ...], place: int) -> Denial | None:
    """Return what the word at a place denies, if it denies anything."""
    word = words[place]
    if word in _NEGATORS:
        if _asks_politely(words, place):
            return None
        return _denial_of(words, place + 1) or _denial_before(words, place)
    if word in _STOPPING:
        stopped = words[place + 1 : place + 2]
        return _denial_of(words, place + 1) if stopped and stopped[0].endswith("ing") else None
    if word == "free":
        return _freed(words, place)
    if (base := denied_by_affix(word)) is not None:
        return Denial(base, frozenset((base,)), undoes=base in word[2:] and not is_state(word))
    return None


def _asks_politely(words: tuple[str, ...], place: int) -> bool:
    """Say whether `not` belongs to a polite or a tag question: `can't I ...`, but not `why`."""
    asker = words[place + 1 : place + 2]
    return bool(asker) and asker[0] in _ASKERS and words[place - 2] not in _NO_TAG_AFTER


def _freed(words: tuple[str, ...], place: int) -> Denial | None:
    """Read `gluten free` and `free of gluten`."""
    before, after = words[max(0, place - 1) : place], words[place + 1 : place + 3]
    if len(after) == 2 and after[0] in {"of", "from"}:
        before = after[1:]
    if not before or before[0] not in _FREE_OF:
        return None
    return Denial(root(before[0]), frozenset((root(before[0]),)))


def _denial_of(words: tuple[str, ...], start: int) -> Denial | None:
    """Return the meaningful words that follow a negation in its clause."""
    reached = ["have"] if words[start - 2 : start + 1] == ("do", "not", "have") else []
    passed: list[str] = []
    for word in words[start:]:
        if len(reached) == _REACH or (reached and word in _ENDING):
            break
        if not is_function_word(word):
            (passed if word in _LIGHT else reached).append(root(word))
    reached = reached or passed[:1]
    if not reached:
        return None
    pending = "yet" in words or "still" in words or words[start - 2] in _PERFECT
    subject = _denial_before(words, start - 1) if pending else None
    may_mean = frozenset(reached) | (subject.may_mean if subject else frozenset())
    return Denial(reached[0], may_mean, pending=pending)


def _denial_before(words: tuple[str, ...], place: int) -> Denial | None:
    """Return the meaningful word before a negation in its clause: `or does it not`."""
    for word in reversed(words[:place]):
        if word in _BREAKS:
            return None
        if not is_function_word(word):
            return Denial(root(word), frozenset((root(word),)))
    return None


def _having(words: tuple[str, ...]) -> set[str]:
    """Return `have` where somebody owns something, as in `I have a receipt`."""
    return {
        "have"
        for owner, verb, owned in zip(words, words[1:], words[2:], strict=False)
        if verb in {"have", "got"} and owner in _OWNERS and owned in _OWNED
    }


def _refused(words: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Return `cancel`, `missing`, `tax exempt` and their like with each word around them."""
    found: set[tuple[str, str]] = set()
    for place, word in enumerate(words):
        if word in _REFUSING:
            around = words[max(0, place - _AROUND) : place] + words[place + 1 : place + _AROUND + 1]
            found.update((word, root(w)) for w in around if not is_function_word(w))
    return frozenset(found)


def _contradict(a: tuple[Denial, ...], asked: str, b: tuple[Denial, ...], known: str) -> bool:
    """Say whether the second text affirms what the first denies, and does not deny it too."""
    unmet = [d for d in a if all(d.may_mean.isdisjoint(met.may_mean) for met in b)]
    if not unmet:
        return False
    own, other = stance(asked), stance(known)
    return any(_clashes(denial, other) and not _refuses(denial, own, other) for denial in unmet)


def _clashes(denial: Denial, other: Stance) -> bool:
    """Say whether the other text affirms what is denied; to await it is not to affirm it."""
    return (
        denial.nearest in other.affirmed
        and not (denial.undoes and denial.nearest in other.states)
        and not (denial.pending and other.awaits)
    )


def _refuses(denial: Denial, own: Stance, other: Stance) -> bool:
    """Say whether the other text refuses the same, in a word of its own or close by."""
    own_refusals = {refusal for refusal, _ in own.refused}
    return any(
        meant == denial.nearest or (meant in denial.may_mean and refusal not in own_refusals)
        for refusal, meant in other.refused
    )
