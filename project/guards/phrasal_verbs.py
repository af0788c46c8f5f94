"""Read verbs with a particle: `send it back` is to return, `turn it off` is not `turn it on`."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Final

from project.guards.lexicon import groups, word_set
from project.guards.stems import stem
from project.guards.wording import KEPT, read, root

# A particle, the plain word that it makes of a verb, and those verbs.
_MEANINGS: Final = """
back return send bring give take ship post hand mail; back restore get; apart dismantle take pull;
together assemble put; up increase go move turn scale bump; down decrease go move turn scale cut;
up faster speed; down slower slow; up assemble set; up schedule set; up configure set;
up create set; up pack pack; up subscribe sign; in subscribe opt; out unsubscribe opt;
off unsubscribe take; on enable turn switch; off disable turn switch; off cancel call;
off postpone put; forward advance bring; up fill fill; out omit leave; away discard throw;
out discard throw; down delete take; up login log; in login log sign; on login log sign;
out logout log sign; off logout log; up connect plug hook; in connect plug; out disconnect plug;
in enter come let; out exit come let keep; on start turn; up open open; up close shut;
down close shut;
"""
_POLES: Final = {
    "on": ("on", 1),
    "off": ("on", -1),
    "in": ("in", 1),
    "out": ("in", -1),
    "up": ("up", 1),
    "down": ("up", -1),
}
_POLAR_VERBS: Final = frozenset(
    stem(verb)
    for verb in word_set(
        "turn switch put power log sign opt check go move come get take shut toggle clock zoom "
        "scroll plug set run pick drop speed slow scale"
    )
)
_TUNING: Final = word_set("turn switch")
_COURTESY: Final = word_set("please pls thanks thank you now")
_REACH: Final = 3  # words from a verb to its particle


def _table() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return for each particle its verbs' stems, each with the meaning."""
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for particle, meaning, *verbs in groups(_MEANINGS):
        table[particle].extend((stem(verb), meaning) for verb in verbs)
    return {particle: tuple(pairs) for particle, pairs in table.items()}


_BY_PARTICLE: Final = _table()
PARTICLES: Final = _BY_PARTICLE.keys() | _POLES.keys()


def meanings(words: tuple[str, ...], place: int) -> tuple[str, ...]:
    """Return the plain words that a particle at a place makes of the verbs before it."""
    pairs = _BY_PARTICLE.get(words[place])
    if pairs is None:
        return ()
    before = _stems_before(words, place)
    return tuple(meaning for verb, meaning in pairs if verb in before)


def pole(words: tuple[str, ...], place: int) -> tuple[str, int] | None:
    """Return the scale and the side of a particle that follows such a verb, or ends the text."""
    found = _POLES.get(words[place])
    if found is None:
        return None
    if _POLAR_VERBS.isdisjoint(_stems_before(words, place)) and not _ends_text(words, place):
        return None
    return found


@lru_cache(maxsize=KEPT)
def tuning(text: str) -> frozenset[str]:
    """Return the particles of `turn` and `switch`: to turn down is not to turn on."""
    reading = read(text)
    if _TUNING.isdisjoint(reading.content):
        return frozenset()
    return frozenset(
        word
        for place, word in enumerate(reading.words)
        if word in _POLES and not _TUNING.isdisjoint(_stems_before(reading.words, place))
    )


def _stems_before(words: tuple[str, ...], place: int) -> set[str]:
    return {root(word) for word in words[max(0, place - _REACH) : place]}


def _ends_text(words: tuple[str, ...], place: int) -> bool:
    return all(word in _COURTESY for word in words[place + 1 :])
