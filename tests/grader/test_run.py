"""The runner: each check gets an outcome, whatever happens to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from grader.check import CHECK_SECONDS, Check, Failed
from grader.checks import all_checks
from grader.run import HIDDEN, Options, Run, Stand, chosen
from grader.sandbox import Sandbox
from grader.submission import Misused, Submission
from grader.terms import USUAL
from tests.grader.grading import ignore
from world.workloads import PUBLIC, Workload, fold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from grader.check import Outcome
    from grader.terms import Terms
    from grader.tree import Tree

    Body = Callable[[Tree], Awaitable[float | None]]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Give a folder with an empty copy in it."""
    (tmp_path / "copy").mkdir()
    return tmp_path


def made(
    body: Body, *needs: Check, terms: Terms | None = None, seconds: float = CHECK_SECONDS
) -> Check:
    """Make a check that looks at files, or at a service."""
    return Check(body.__name__, "Hold.", __name__, body, needs, terms, seconds)


def played(
    scratch: Path, *checks: Check, timeout: float = 60.0, fault: str | None = None
) -> dict[str, Outcome]:
    """Run checks on an empty copy."""
    sandbox = Sandbox(scratch / "copy", scratch)
    options = Options(timeout_seconds=timeout)
    stand = Stand(Submission("x", sandbox.folder, fault), sandbox, Workload.load(HIDDEN))
    return Run(stand, options, ignore).play(checks)


async def fine(_tree: Tree) -> None:
    """Pass."""


async def by_half(tree: Tree) -> float:
    """Pass by half."""
    tree.note("5 of 10", hint="do more")
    return 0.5


async def not_at_all(_tree: Tree) -> float:
    """Pass by nothing."""
    return 0.0


async def wrong(_tree: Tree) -> None:
    """Fail."""
    raise Failed("2", "3", "count")


async def faulty(_tree: Tree) -> None:
    """Be the grader's own fault."""
    raise KeyError("oops")


async def endless(_tree: Tree) -> None:
    """Never end."""
    await asyncio.sleep(60)


def test_a_check_that_returns_has_passed(scratch: Path) -> None:
    """Returning nothing is full marks."""
    outcome = played(scratch, made(fine))["fine"]
    assert (outcome.ending, outcome.share) == ("passed", 1.0)


def test_a_share_passes_with_its_hint(scratch: Path) -> None:
    """A part of the marks comes with the evidence and with what is missing."""
    outcome = played(scratch, made(by_half))["by_half"]
    assert (outcome.ending, outcome.share) == ("passed", 0.5)
    assert (outcome.evidence, outcome.hint) == ("5 of 10", "do more")


def test_a_share_of_nothing_has_failed(scratch: Path) -> None:
    """No marks are no pass: what needs this check is skipped."""
    nothing = made(not_at_all)
    outcomes = played(scratch, nothing, made(fine, nothing))
    assert [outcome.ending for outcome in outcomes.values()] == ["failed", "skipped"]


def test_a_failure_says_why(scratch: Path) -> None:
    """What was expected, what came and the hint are kept."""
    outcome = played(scratch, made(wrong))["wrong"]
    assert outcome.ending == "failed"
    assert (outcome.expected, outcome.actual, outcome.hint) == ("2", "3", "count")


def test_another_error_is_the_graders_own(scratch: Path) -> None:
    """What is no failure of the submission breaks the check, and the next one runs."""
    outcomes = played(scratch, made(faulty), made(fine))
    assert outcomes["faulty"].ending == "broken"
    assert outcomes["faulty"].actual == "KeyError: 'oops'"
    assert outcomes["fine"].ending == "passed"


def test_a_check_that_does_not_end_fails(scratch: Path) -> None:
    """A check's time is bounded."""
    outcome = played(scratch, made(endless, seconds=0.01))["endless"]
    assert (outcome.ending, outcome.actual) == ("failed", "none")


def test_when_the_time_is_over_the_rest_is_skipped(scratch: Path) -> None:
    """A run's time is bounded: what has not begun is skipped, a service is not even started."""
    outcomes = played(scratch, made(endless), made(fine), made(wrong, terms=USUAL), timeout=0.01)
    assert [outcome.ending for outcome in outcomes.values()] == ["failed", "skipped", "failed"]
    assert outcomes["fine"].actual == "the time of the run, 0.01 s, was over"


def test_a_submission_at_fault_is_not_started(scratch: Path) -> None:
    """The first check says what is wrong with the submission, the others were not run."""
    checks = made(fine, terms=USUAL), made(wrong, terms=USUAL)
    outcomes = played(scratch, *checks, fault="no project/ in it")
    assert (outcomes["fine"].ending, outcomes["fine"].actual) == ("failed", "no project/ in it")
    assert outcomes["wrong"].actual == "the service did not start"


def test_a_check_brings_along_what_it_needs() -> None:
    """Naming one check also runs those that it depends on, in order."""
    names = [check.name for check in chosen(all_checks(), ["look_alikes_get_their_own_answers"])]
    assert names == [
        "boots_and_reports_its_health",
        "an_exact_repeat_costs_no_provider_call",
        "look_alikes_get_their_own_answers",
    ]


def test_the_hidden_questions_are_hidden() -> None:
    """No text that the grader asks is in the workload that students have."""
    hidden, public = (
        {fold(ask.text) for ask in Workload.load(path).asked()} for path in (HIDDEN, PUBLIC)
    )
    assert not hidden & public


def test_an_unknown_check_is_a_misuse() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(Misused, match="no check is called cheap; there are: boots_and_"):
        chosen(all_checks(), ["cheap"])
