"""The report as text: it says why points are missing, and lets no control character through."""

from __future__ import annotations

import pytest

from grader.check import Outcome
from grader.report import WIDTH, number, render
from grader.score import Line, Report


def report(outcome: Outcome, *, earned: float = 0.0, complete: bool = True) -> Report:
    """Build a report of one line."""
    line = Line("a_rule", "cost", "Hold some rule.", 7, earned, outcome)
    return Report("student", (line,), complete, quality_factor=0.5)


def test_a_failure_is_explained() -> None:
    """Expected, actual, evidence and hint stand below the check."""
    text = render(
        report(Outcome(ending="failed", expected="2", actual="3", hint="count", evidence="6 sent"))
    )
    for words in ("failed", "0 / 7", "expected  2", "got       3", "hint      count", "6 sent"):
        assert words in text


def test_a_skipped_check_says_what_it_needs() -> None:
    """Why a check was skipped is one line."""
    text = render(report(Outcome(ending="skipped", actual="needs: " + "another " * 50)))
    assert "needs: another another" in text
    assert max(map(len, text.splitlines()[1:])) <= WIDTH


def test_the_total_and_the_quality_factor_are_told() -> None:
    """The last lines say the total and by how much quality was scaled."""
    lines = render(report(Outcome(ending="passed"), earned=6.5)).splitlines()
    assert lines[-2].split() == ["total", "6.5", "/", "7"]
    assert lines[-1] == "Quality counts 50%: the share of the other points earned."


def test_a_partial_run_says_so() -> None:
    """A run of some checks is no grade."""
    text = render(report(Outcome(ending="passed"), complete=False))
    assert text.endswith("Only some checks ran: this is no grade.")


def test_a_broken_check_is_the_graders_fault() -> None:
    """A broken check is told at the end, with what broke it."""
    text = render(report(Outcome(ending="broken", actual="KeyError: 'x'")))
    assert "KeyError: 'x'" in text
    assert "the grader's fault" in text


def test_control_characters_do_not_reach_the_terminal() -> None:
    """What a submission said cannot move the cursor or colour the screen."""
    text = render(report(Outcome(ending="failed", actual="\x1b[2Jnice\x07")))
    assert "\x1b" not in text
    assert "nice" in text


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    """A sound and whole run in which quality counts in full ends with the total."""
    line = Line("a_rule", "cost", "Hold some rule.", 7, 7, Outcome(ending="passed"))
    text = render(Report("student", (line,), complete=True, quality_factor=1.0))
    assert text.splitlines()[-1].split() == ["total", "7", "/", "7"]


@pytest.mark.parametrize(("value", "text"), [(7.0, "7"), (6.5, "6.5"), (1 / 3, "0.33"), (0, "0")])
def test_points_are_written_without_needless_zeros(value: float, text: str) -> None:
    """Seven points are 7, not 7.00."""
    assert number(value) == text
