"""Checks: their sentences, and the arithmetic of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.check import MAX_TEXT, Failed, Outcome, Scene, check, ramp, require

if TYPE_CHECKING:
    from grader.stage import Stage


def test_a_check_is_called_by_its_docstrings_first_line() -> None:
    """The student reads the first line of the docstring."""

    @check()
    async def some_rule_holds(_stage: Stage) -> None:
        """Hold some rule.

        Why it matters is nobody's business but ours.
        """

    assert (some_rule_holds.name, some_rule_holds.sentence) == (
        "some_rule_holds",
        "Hold some rule.",
    )


def test_a_check_without_a_sentence_is_refused() -> None:
    """A check that says nothing to the student cannot be made."""

    async def silent(_stage: Stage) -> None:
        pass

    with pytest.raises(ValueError, match="silent needs a docstring"):
        check()(silent)


def test_a_requirement_that_is_not_met_fails() -> None:
    """What was expected, what came and what to do are told."""
    with pytest.raises(Failed, match="expected 2, got 3") as failure:
        require(False, expected="2", actual="3", hint="count again")
    assert failure.value.hint == "count again"


def test_what_a_submission_says_is_bounded() -> None:
    """A long text is cut before it reaches the report."""
    assert len(Failed("2", "x" * 10_000).actual) == MAX_TEXT


@pytest.mark.parametrize(
    ("value", "share"),
    [(0.0, 0.0), (0.1, 0.0), (0.25, 0.5), (0.4, 1.0), (0.9, 1.0)],
)
def test_a_ramp_rises_from_nothing_to_everything(value: float, share: float) -> None:
    """Between the two ends the share is on the line that joins them."""
    assert ramp(value, none_at=0.1, full_at=0.4) == pytest.approx(share)


def test_a_ramp_may_fall() -> None:
    """The fewer the better: full marks at the lower end."""
    assert ramp(5, none_at=20, full_at=0) == pytest.approx(0.75)


@pytest.mark.parametrize("ending", ["failed", "skipped", "broken"])
def test_only_a_pass_is_a_pass(ending: str) -> None:
    """A check that needs one which did not pass may not run."""
    assert Outcome(ending="passed").passed
    assert not Outcome(ending=ending).passed  # type: ignore[arg-type]  # the words are parameters


def test_the_seed_decides_chance() -> None:
    """One seed and name draw the same numbers always, another name draws others."""
    first, again, other = (Scene(name, 5).random.random() for name in ("a", "a", "b"))
    assert first == again != other
