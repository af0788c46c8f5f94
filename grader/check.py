"""What a check is, and the four ways it ends.

A check is one async function that arranges faults, acts over HTTP and compares with what the grader
itself saw. The first line of its docstring is the sentence that the student reads.

    @check(needs=(boots_and_reports_its_health,))
    async def an_unknown_model_is_a_404(stage: Stage) -> None:
        \"\"\"Answer a question for an unknown model with 404.\"\"\"
        reply = await stage.ask(stage.caller("wide"), stage.novel(), model="gpt-0")
        require(reply.status == 404, expected="404", actual=reply.summary())

It passes by returning (None, or a share from 0 to 1), fails by raising `Failed`, and is skipped
when a check that it needs did not pass. Whatever else it raises is the grader's own fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from grader.terms import USUAL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from grader.stage import Stage
    from grader.terms import Terms
    from grader.tree import Tree

    Body = Callable[[Any], Awaitable[float | None]]

Ending = Literal["passed", "failed", "skipped", "broken"]
CHECK_SECONDS = 30.0
MAX_TEXT = 400


class Failed(Exception):
    """The submission does not do what a check expects."""

    def __init__(self, expected: str, actual: str, hint: str = "") -> None:
        super().__init__(f"expected {expected}, got {actual}")
        # What a submission said is part of the text: bounded, like all it says.
        self.expected = expected[:MAX_TEXT]
        self.actual = actual[:MAX_TEXT]
        self.hint = hint[:MAX_TEXT]


class Scene:
    """What every check is given: chance that the seed decides, and a place for its evidence."""

    def __init__(self, name: str, seed: int) -> None:
        # Not for secrets: the same seed must ask the same questions.
        self.random = Random(f"{seed} {name}")  # noqa: S311
        self.evidence: list[str] = []
        self.hint = ""

    def note(self, evidence: str, *, hint: str = "") -> None:
        """Keep what was seen for the report; the hint is shown where points are missing."""
        self.evidence.append(evidence)
        self.hint = hint or self.hint

    def ended(self) -> str | None:
        """Say why there is nothing left to check; None while there is."""
        return None


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is called, what it says, what must have passed before it.

    `terms` is the environment that its service runs in; None: it looks at the files alone.
    """

    name: str
    sentence: str
    module: str
    body: Body
    needs: tuple[Check, ...]
    terms: Terms | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a check ended, and why."""

    ending: Ending
    share: float = 0.0
    expected: str = ""
    actual: str = ""
    hint: str = ""
    evidence: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether checks that need this one may run."""
        return self.ending == "passed"


def check(
    *,
    needs: tuple[Check, ...] = (),
    terms: Terms = USUAL,
    seconds: float = CHECK_SECONDS,
) -> Callable[[Callable[[Stage], Awaitable[float | None]]], Check]:
    """Make a check of a function that drives the service."""
    return lambda body: _made(body, needs, terms, seconds)


def check_files(body: Callable[[Tree], Awaitable[float | None]]) -> Check:
    """Make a check of a function that looks at the submission's files alone."""
    return _made(body, (), None, CHECK_SECONDS)


def _made(body: Body, needs: tuple[Check, ...], terms: Terms | None, seconds: float) -> Check:
    name = getattr(body, "__name__", "")
    sentence = (body.__doc__ or "").strip().partition("\n")[0]
    if not sentence.endswith("."):
        raise ValueError(f"the check {name} needs a docstring: one sentence for the student")
    return Check(name, sentence, body.__module__, body, needs, terms, seconds)


def require(met: bool, *, expected: str, actual: str, hint: str = "") -> None:  # noqa: FBT001 - reads as a sentence
    """Raise `Failed` unless the condition is met."""
    if not met:
        raise Failed(expected, actual, hint)


def ramp(value: float, *, none_at: float, full_at: float) -> float:
    """Return 0 at `none_at`, 1 at `full_at`, and the line between; `full_at` may be the lower."""
    return min(1.0, max(0.0, (value - none_at) / (full_at - none_at)))
