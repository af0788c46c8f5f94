"""What the provider knows: one prepared answer an intent, and a name for every other question.

Every answer ends with the intent in brackets, so that a wrong answer from somebody's cache can be
told from a right one without a judge:

    "You can send it back within 30 days. [return-window]"
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from world.workloads import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from world.chat_request import Turn

UNPREPARED = "This is a new question to our support desk, so here is only a general answer."


class Knowledge(Protocol):
    """The part of a workload that the provider needs."""

    def intent_of(self, text: str) -> str | None:
        """Return the intent that a text asks for, if the text is known."""

    def answer_of(self, intent: str) -> str:
        """Return the prepared answer to an intent."""


def answer(turns: Sequence[Turn], knowledge: Knowledge | None) -> str:
    """Return the answer to a conversation, the same for the same conversation always."""
    text = _last_question(turns)
    intent = knowledge.intent_of(text) if knowledge else None
    if knowledge and intent is not None:
        return f"{knowledge.answer_of(intent)} [{intent}]"
    return f"{UNPREPARED} [{unknown_intent(turns)}]"


def unknown_intent(turns: Sequence[Turn]) -> str:
    """Name a question that nobody prepared: by its text, or by all of a longer conversation."""
    spoken = sum(turn.role not in ("system", "developer") for turn in turns)
    if spoken > 1:
        asked = "\n".join(f"{turn.role}: {fold(turn.text)}" for turn in turns)
    else:
        asked = fold(_last_question(turns))
    return f"q-{sha256(asked.encode()).hexdigest()[:10]}"


def _last_question(turns: Sequence[Turn]) -> str:
    asked = (turn.text for turn in reversed(turns) if turn.role == "user")
    return next(asked, turns[-1].text)
