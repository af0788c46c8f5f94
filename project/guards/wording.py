"""Read a question as comparable words: contractions spelled out, endings taken off.

Each guard compares two texts by what `read` returns. Case, punctuation and white space are gone
after it; `can't`, `cant` and `cannot` are one; `deliveries` and `delivered` have one stem.

    read("Where's my parcel?").stems   # ("where", "is", "my", "parcel")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from project.guards.lexicon import word_set
from project.guards.stems import stem

KEPT: Final = 8192  # texts whose reading a guard remembers

_WORD = re.compile(r"(?:(?<=\s)-(?=\d))?\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[$€£¥₹%°]")
_CURLY: Final = str.maketrans({"\u2019": "'", "\u02bc": "'"})
_GREETINGS: Final = word_set("hi hello hey hiya")
_BEFORE_COUNTRY: Final = word_set("the in a")

_MAY_BE: Final = word_set(
    "what where who how when why which it that there here he she let this everything something "
    "nothing one"
)
_ENDINGS: Final = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}
_AUXILIARIES: Final = word_set(
    "do does did is are was were has have had could should would might must need ca ai wo sha"
)
_RESPELLED: Final = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_BARE_IS: Final = word_set("what where who how when that there here")
_CONTRACTED: Final = {
    **{f"{aux}n't": (_RESPELLED.get(aux, aux), "not") for aux in _AUXILIARIES},
    **{f"{aux}nt": (_RESPELLED.get(aux, aux), "not") for aux in _AUXILIARIES},
    **{f"{word}s": (word, "is") for word in _BARE_IS},
    "cannot": ("can", "not"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "youre": ("you", "are"),
    "theyre": ("they", "are"),
    "hes": ("he", "is"),
    "shes": ("she", "is"),
    "u": ("you",),
    "ur": ("your",),
    "r": ("are",),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("have", "to"),
    "lemme": ("let", "me"),
    "noone": ("nobody",),
    "ok": ("okay",),
}

_FUNCTION: Final = word_set(
    """
a an the this that these those some any each every all both such same own
i me my mine myself we us our ours you your yours yourself he him his she her hers it its they them
their theirs who whom whose which what when where why how there here one ones
am is are was were be been being do does did doing done have has had having can could will would
shall should may might must ought
and or but nor so if then than because as while though although whether unless until till since
of in on at to from for with by about into onto over under up down out off through between among
against during within without per via upon toward towards across along around near before after
behind inside outside above below beside besides beyond despite except like
not no never just only also too very really quite even still yet already ever again much many more
most less least few little lot lots well now please pls plz thanks thank thx thankyou
dear kindly sorry okay oh um eh guys folks team sir madam maybe perhaps actually basically simply
btw fyi regards cheers
"""
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text, beside each its stem, and the stems of those that carry meaning."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    content: tuple[str, ...]


@lru_cache(maxsize=KEPT)
def read(text: str) -> Reading:
    """Return the words and stems of a text."""
    words: list[str] = []
    for found in _WORD.findall(text.casefold().translate(_CURLY)):
        if found in _CONTRACTED or "'" in found:
            words.extend(_spelled_out(found))
        elif found == "us" and words and words[-1] in _BEFORE_COUNTRY:
            words.append("usa")
        elif words or found not in _GREETINGS:
            words.append(found)
    stems = tuple(map(root, words))
    content = tuple(s for word, s in zip(words, stems, strict=True) if word not in _FUNCTION)
    return Reading(tuple(words), stems, content)


def is_function_word(word: str) -> bool:
    """Say whether a word only holds a sentence together: articles, pronouns, courtesies, ..."""
    return word in _FUNCTION


@lru_cache(maxsize=KEPT)
def root(word: str) -> str:
    """Return the stem of a word that carries meaning, a function word as it is."""
    return word if word in _FUNCTION else stem(word)


def _spelled_out(found: str) -> tuple[str, ...]:
    """Return the words of which a token is a contraction; a possessive loses its ending."""
    if (words := _CONTRACTED.get(found)) is not None:
        return words
    base, _, ending = found.partition("'")
    if ending == "s":
        return (base, "is") if base in _MAY_BE else (base,)
    if (word := _ENDINGS.get(ending)) is not None:
        return (base, word)
    return (base + ending,)
