"""Opposites that only a beginning or an ending tells: `unpaid`, `incorrect`, `useless`, `overpaid`.

What is left without the affix need not be a word: it matters only if the other text has it too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from project.guards.stems import stem

_BEGINS: Final = ("un", "dis", "in", "im", "ir", "il", "non")
_DENYING: Final = re.compile(
    r"un(?!til|less|der|ion|it|iq|iv|if|cle|to|animous)(\w{3,})"
    r"|dis(?!cover|charge|card|count|play|patch|pos|tanc|k|cuss|put)(\w{4,})"
    r"|non(\w{4,})"
    r"|i[nmlr]((?:activ|correct|valid|complet|compatib|accura|visib|sufficien|eligib|secur|edib"
    r"|sensitiv|convenien|frequent|formal|dependen|adequa|appropria|consisten|direct|efficien"
    r"|expensiv|experienc|patien|practic|proper|prob|pur|moral|mobil|matur|movab|possib|perfect"
    r"|polit|legal|legib|logic|legitim|literat|regular|relevan|responsib|reversib|replac|rational)"
    r"\w*)"
)
_OVER_UNDER: Final = re.compile(r"(over|under)(\w{3,})")
_FUL_LESS: Final = re.compile(r"(\w{3,}?)(ful|less|ed)(?:ly)?")


@lru_cache(maxsize=8192)
def denied_by_affix(word: str) -> str | None:
    """Return the stem that `un-`, `dis-`, `in-` or `non-` denies in a word."""
    if not word.startswith(_BEGINS) or (found := _DENYING.fullmatch(word)) is None:
        return None
    return stem(next(base for base in found.groups() if base))


@lru_cache(maxsize=8192)
def side_by_affix(word: str) -> tuple[str, int] | None:
    """Return the scale and the side that an affix names: `overpaid` or `underpaid`."""
    if (found := _OVER_UNDER.fullmatch(word)) is not None:
        return f"over {stem(found[2])}", 1 if found[1] == "over" else -1
    if (found := _FUL_LESS.fullmatch(word)) is not None:
        return f"full of {stem(found[1])}", -1 if found[2] == "less" else 1
    return None
