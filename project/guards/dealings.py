"""Read who acts on whom between `I` and `you`: `I owe you` is not `you owe me`."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from project.guards.lexicon import word_set
from project.guards.wording import KEPT, is_function_word, read, root

_I: Final = word_set("i we")
_ME: Final = word_set("i we me us")
_YOU: Final = "you"
_PARTIES: Final = _ME | {_YOU}
_DENYING: Final = word_set("not never")
_MODALS: Final = word_set("can could will would do did should must may might shall")
_ADVERBS: Final = word_set("already still just also only ever always have had has really")


class Dealing(NamedTuple):
    """A verb between `I` and `you`: who acts, and whether it is denied."""

    verb: str
    from_me: bool
    denied: bool


def dealings_agree(asked: str, known: str) -> bool:
    """Say whether `I` and `you` do the same to each other in both texts."""
    a, b = dealings(asked), dealings(known)
    return not any(_contradicts(dealing, b) for dealing in a - b)


@lru_cache(maxsize=KEPT)
def dealings(text: str) -> frozenset[Dealing]:
    """Return what `I` do to `you` and `you` to `me`."""
    words = read(text).words
    if _YOU not in words or _ME.isdisjoint(words):
        return frozenset()
    bare = [word for word in words if word not in _ADVERBS]
    found = (_dealing_at(bare, place) for place in range(1, len(bare) - 1))
    return frozenset(dealing for dealing in found if dealing is not None)


def _dealing_at(words: list[str], place: int) -> Dealing | None:
    """Return the dealing whose verb is at a place."""
    if is_function_word(words[place]):
        return None
    subject, thing = words[place - 1], words[place + 1]
    denied = subject in _DENYING
    if denied or subject in _MODALS:
        subject = next((word for word in reversed(words[:place]) if word in _PARTIES), "")
    if subject in _I and thing == _YOU:
        return Dealing(root(words[place]), from_me=True, denied=denied)
    if subject == _YOU and thing in _ME:
        return Dealing(root(words[place]), from_me=False, denied=denied)
    return None


def _contradicts(dealing: Dealing, others: frozenset[Dealing]) -> bool:
    """Say whether the other text turns a dealing round, or denies it."""
    verb, from_me, denied = dealing
    return Dealing(verb, not from_me, denied) in others or (
        Dealing(verb, from_me, not denied) in others
    )
