"""Take the endings off a word, so that its forms compare equal: `cancelled` and `cancellation`.

A light stemmer for matching only: what it returns need not be a word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from project.guards.lexicon import groups
from project.guards.places import PLACES

_FORMS: Final = """
be am is are was were been being; have has had having; do does did done doing;
go goes went gone going; get gets got gotten getting; send sent; buy bought; sell sold; pay paid;
lose lost losing loss; find found; make made making; take took taken taking; give gave given giving;
come came coming; leave left leaving; keep kept; lend lent; spend spent; tell told; say said;
think thought; see saw seen; eat ate eaten; drink drank drunk; write wrote written writing;
forget forgot forgotten; break broke broken; freeze froze frozen freezing; steal stole stolen;
choose chose chosen choosing choice; begin began begun; rise rose risen rising; fall fell fallen;
grow grew grown growth; fly flew flown flight flights flies; drive drove driven driving;
run ran running; sit sat; stand stood; speak spoke spoken; wear wore worn; shrink shrank shrunk;
hide hid hidden hiding; build built; burn burnt; hear heard; meet met; win won;
use used using uses user users usage; try tried tries trying; owe owed owes owing;
child children kid kids; man men; woman women; person people persons; foot feet; knife knives;
life lives; half halves; subscribe subscription subscriptions; unsubscribe unsubscription;
register registration; apply application applies applied; receive recieve recieved recieving;
complain complaint complaints; deliver delivery deliveries; arrive arrival arrivals;
depart departure departures; permit permission; explain explanation;
prescribe prescription prescriptions; maintain maintenance; family families;
show shown showed shows; know knew known; understand understood; teach taught; catch caught;
bring brought; draw drew drawn; throw threw thrown; wake woke woken; hold held; feel felt;
tear tore torn; ride rode ridden; stick stuck; bend bent; lay laid; tooth teeth; mouse mice;
supply supplies supplied;
"""
_IRREGULAR: Final = PLACES | {form: forms[0] for forms in groups(_FORMS) for form in forms}

_PLURAL = re.compile(r"(?<=\w\w)(?:(ies)|(?<![suis'])s)$")
_VERBAL = re.compile(r"(?<=\w\w)(?:(ied)|(?<!e)ed|ing)$")
_DERIVED = re.compile(
    r"(?:(?<=\w{4})(?:ation|at(?:e|ed|ing)|ion|al|ance|ense|able|ible|ability|ity|ly)"
    r"|(?<=\w{3})(?:ment|if(?:y|ied|ying|ication)))$"
)
_SPELLINGS: Final = (
    (re.compile(r"is(e|es|ed|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"(col|fav|flav|hon|lab|behavi|neighb|harb|arm|hum|rum)our"), r"\1or"),
    (re.compile(r"(cent|met|lit|theat|fib)re(s?)$"), r"\1er\2"),
    (re.compile(r"^cheque"), "check"),
    (re.compile(r"^tyre"), "tire"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"ence$"), "ense"),
)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Take plural, tense and derivation off a word, so that its forms compare equal."""
    if (base := _IRREGULAR.get(word)) is not None:
        return base
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _PLURAL.sub(lambda found: "y" if found[1] else "", word)
    for pattern, spelling in _SPELLINGS:
        word = pattern.sub(spelling, word)
    if (base := _IRREGULAR.get(word)) is not None:
        return base
    return _without_endings(word)


def _without_endings(word: str) -> str:
    """Take `ed`, `ing`, `ation`, ... off a singular word, then a doubled or mute last letter."""
    word = _DERIVED.sub("", word)
    bare = _VERBAL.sub(lambda found: "y" if found[1] else "", word)
    word = bare if _has_vowel(bare) else word
    if len(word) > 3 and word[-1] in "eyi":
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] != "s":
        word = word[:-1]
    return word


def _has_vowel(word: str) -> bool:
    return any(letter in "aeiouy" for letter in word)
