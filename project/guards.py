"""What cosine cannot see: `3 transfers` and `30 transfers` point the same way.

Rules about language, not about one shop: two questions may share an answer only if they name the
same numbers and agree on whether something is negated.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|nowhere|neither|nor|without|cannot|\w+n['\u2019]t"
    r"|dont|doesnt|didnt|cant|wont|isnt|arent|wasnt|couldnt|shouldnt|wouldnt|havent|hasnt)\b"
)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers a text names, thousands separators dropped."""
    return frozenset(n.replace(",", "") for n in _NUMBER.findall(text))


def negated(text: str) -> bool:
    """Say whether the text denies something."""
    return len(_NEGATION.findall(text.lower())) % 2 == 1


def may_share(asked: str, known: str) -> bool:
    """Say whether two questions that look alike may share an answer."""
    return numbers(asked) == numbers(known) and negated(asked) == negated(known)
