"""What cosine cannot see: `3 transfers` and `30 transfers` point the same way.

An embedding weighs what two questions are about and drops what they say of it. Each guard reads one
thing that it drops, by rules about English and not about one shop: amounts, times, denials,
opposites, who does what to whom, what is wanted, and which things are named. If one of them finds a
difference, the questions may not share an answer.

    may_share("how do I cancel 3 transfers", "how can I cancel three transfers")  # True
    objection("open until 5 pm", "open until 9 pm")                               # "amounts"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from project.guards.acts import requests_agree
from project.guards.directions import directions_agree
from project.guards.moments import moments_agree
from project.guards.named_things import names_agree
from project.guards.negation import denials_agree
from project.guards.opposites import opposites_agree
from project.guards.quantities import amounts_agree
from project.guards.wording import read

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 2000  # letters; past it the rules, made for questions, would cost milliseconds
GUARDS: Final[dict[str, Callable[[str, str], bool]]] = {
    "amounts": amounts_agree,
    "times": moments_agree,
    "denials": denials_agree,
    "opposites": opposites_agree,
    "directions": directions_agree,
    "requests": requests_agree,
    "names": names_agree,
}


def may_share(asked: str, known: str) -> bool:
    """Say whether two questions that look alike may share an answer."""
    return objection(asked, known) is None


def objection(asked: str, known: str) -> str | None:
    """Return the first guard that keeps two questions apart, if one does."""
    if max(len(asked), len(known)) > LONGEST:
        return None if asked == known else "length"
    if read(asked).words == read(known).words:
        return None
    return next((name for name, agree in GUARDS.items() if not agree(asked, known)), None)
