"""From outcomes to points: the rubric's arithmetic."""

from __future__ import annotations

import pytest

from grader.check import Outcome
from grader.checks import all_checks
from grader.rubric import CRITERIA, RUBRIC
from grader.score import Report, score

PASSED = Outcome(ending="passed", share=1.0)
FAILED = Outcome(ending="failed", expected="1", actual="2")


def scored(**others: Outcome) -> Report:
    """Score a run in which all passed but these."""
    checks = all_checks()
    return score("x", list(checks.values()), dict.fromkeys(checks, PASSED) | others, complete=True)


def test_everything_passed_is_a_hundred() -> None:
    """All checks together are worth 100 points."""
    report = scored()
    assert (report.total, report.points, report.exit_code) == (100.0, 100.0, 0)


def test_a_share_earns_that_share() -> None:
    """A check that passed by half earns half of its points, and quality shrinks with it."""
    half = Outcome(ending="passed", share=0.5)
    report = scored(a_stream_of_questions_is_served_from_the_cache=half)
    assert report.as_json()["criteria"]["hit_rate"] == {"points": 25, "earned": 20.5}
    assert report.quality_factor == pytest.approx(1 - 4.5 / 90)
    assert report.total == pytest.approx(85.5 + 10 * (1 - 4.5 / 90))


def test_quality_alone_is_worth_nothing() -> None:
    """Tidy code that does nothing earns nothing."""
    checks = {name: FAILED for c, names in RUBRIC.items() if c != "quality" for name in names}
    report = scored(**checks)
    assert report.total == 0


def test_some_checks_alone_are_no_grade() -> None:
    """Where only some checks ran, quality counts in full and the report says it is partial."""
    ruff = all_checks()["ruff_finds_nothing"]
    report = score("x", [ruff], {ruff.name: PASSED}, complete=False)
    assert (report.total, report.points, report.complete) == (4, 4, False)


def test_a_broken_check_makes_the_run_unsound() -> None:
    """The grader's own fault is told by the exit code."""
    report = scored(ruff_finds_nothing=Outcome(ending="broken", actual="RuntimeError: no ruff"))
    assert (report.sound, report.exit_code) == (False, 1)


def test_the_json_has_every_check() -> None:
    """report.json holds version, total, criteria, and each check with its points and reasons."""
    report = scored(the_bill_equals_the_ledger=FAILED).as_json()
    line = next(c for c in report["checks"] if c["name"] == "the_bill_equals_the_ledger")
    assert report["version"] == 1
    assert list(report["criteria"]) == list(CRITERIA)
    assert {k: line[k] for k in ("points", "earned", "ending", "expected", "actual")} == {
        "points": 5,
        "earned": 0,
        "ending": "failed",
        "expected": "1",
        "actual": "2",
    }
