"""Which answer a conversation gets."""

from __future__ import annotations

from world.answers import answer, unknown_intent
from world.chat_request import Turn


class Desk:
    """A workload of one intent."""

    def intent_of(self, text: str) -> str | None:
        """Know one question."""
        return "hours" if text == "When are you open?" else None

    def answer_of(self, intent: str) -> str:
        """Have one answer."""
        return f"Always ({intent})."


KNOWN = Turn("user", "When are you open?")


def test_the_last_question_of_the_user_decides() -> None:
    """Whatever follows the question (a tool's result) does not change what was asked."""
    turns = [Turn("system", "Be kind."), Turn("user", "?"), KNOWN, Turn("tool", "9 to 5")]
    assert answer(turns, Desk()) == "Always (hours). [hours]"


def test_without_a_workload_every_question_is_new() -> None:
    """A provider without a workload still names the question."""
    assert answer([KNOWN], None).endswith(f"[{unknown_intent([KNOWN])}]")


def test_a_system_prompt_does_not_rename_a_question() -> None:
    """A first question is named by its own text only."""
    system = Turn("system", "Be brief.")
    assert unknown_intent([system, KNOWN]) == unknown_intent([KNOWN])
    assert unknown_intent([Turn("user", "WHEN  are you open?")]) == unknown_intent([KNOWN])


def test_a_conversation_is_named_by_all_of_it() -> None:
    """In a longer conversation every message counts."""
    talks = [
        [Turn("user", "a"), Turn("assistant", said), Turn("user", "and?")] for said in ("x", "y")
    ]
    assert len({unknown_intent(talk) for talk in [*talks, [Turn("user", "and?")]]}) == 3


def test_a_conversation_without_a_user_has_an_answer() -> None:
    """A lone system message is answered too."""
    assert unknown_intent([Turn("system", "x")]) == unknown_intent([Turn("user", "x")])
