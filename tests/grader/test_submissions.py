"""Whole runs on tiny submissions, and one on this repository: the right points and the reasons."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from grader.bench import Bench
from grader.check import Failed
from grader.rubric import RUBRIC
from grader.sandbox import Sandbox
from grader.terms import Terms
from tests.grader.grading import REFERENCE, SUBMISSIONS, endings, graded, outcome_of, submission
from world.workloads import PUBLIC, Workload

if TYPE_CHECKING:
    from pathlib import Path

BOOTS = "boots_and_reports_its_health"
# What looks healthy gets 3 points, and that share of quality.
ALMOST_NOTHING = 3.5
# What the reference's cache does not yet do in full: find paraphrases, tell look-alikes apart.
UNDERSTANDING = {
    "a_stream_of_questions_is_served_from_the_cache",
    "look_alikes_get_their_own_answers",
}


def test_nothing_handed_in_is_worth_nothing(tmp_path: Path) -> None:
    """A submission without project/ gets 0 and the reason, though the grader has a project/."""
    (tmp_path / "README.md").write_text("# Nothing here")
    report = graded(tmp_path)
    assert (report.total, report.sound) == (0, True)
    assert outcome_of(report, BOOTS).actual == "no project/ in it; at the top it has README.md"


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        ("def app(:\n", "SyntaxError: invalid syntax"),
        ("from project.wiring import create_app\n", "No module named 'project.wiring'"),
        ("import os\nos._exit(0)\n", "a worker died while it started"),
        (
            "import os, signal\nprint('bye')\nos.killpg(os.getpgrp(), signal.SIGKILL)\n",
            "it ended by itself: bye",
        ),
    ],
    ids=["syntax error", "the reference's parts", "exit", "end of everything"],
)
def test_a_service_that_does_not_start_says_why(tmp_path: Path, main: str, reason: str) -> None:
    """A worker that dies at the start is told at once, with its last words."""
    report = graded(submission(tmp_path, main), BOOTS)
    assert reason in outcome_of(report, BOOTS).actual


def test_a_service_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """A service that does not answer in its time has not started."""
    (tmp_path / "scratch").mkdir()
    copy = submission(tmp_path / "copy", "import time\ntime.sleep(60)\n")
    terms = Terms("slow", boot_seconds=0.5)
    sandbox = Sandbox(copy, tmp_path / "scratch")
    bench = Bench.open(sandbox, terms, seed=5, workload=Workload.load(PUBLIC))
    with pytest.raises(Failed, match="did not answer in time"), bench:
        pass


@pytest.mark.parametrize("name", ["answers_canned_text", "answers_garbage"])
def test_what_only_looks_like_a_service_gets_almost_nothing(name: str) -> None:
    """Text without a provider, and garbage that breaks no check, are no capstone."""
    report = graded(SUBMISSIONS / name)
    assert 0 < report.total <= ALMOST_NOTHING
    assert report.sound


def test_a_provider_without_a_service_gets_only_the_health() -> None:
    """Who passes everything on limits nobody, recovers nothing, keeps nothing, bills nothing."""
    checks = [name for c in ("reliability", "hit_rate", "cost") for name in RUBRIC[c]]
    report = graded(SUBMISSIONS / "passes_everything_on", *checks)
    passed = [name for name, ending in endings(report).items() if ending == "passed"]
    assert passed == [BOOTS]


def test_a_service_that_dies_is_told_by_each_check() -> None:
    """When the service is gone the checks say so, and none of them breaks."""
    report = graded(SUBMISSIONS / "dies_when_asked")
    assert report.total <= ALMOST_NOTHING
    assert set(endings(report).values()) == {"passed", "failed", "skipped"}
    gone = outcome_of(report, "an_exact_repeat_costs_no_provider_call")
    assert gone.actual == "the service is gone: it ended by itself"


def test_a_service_that_stays_degraded_has_not_recovered() -> None:
    """Redis is back, /readyz knows it, and the answers still say that something is missing."""
    name = "losing_redis_costs_no_answer"
    outcome = outcome_of(graded(SUBMISSIONS / "stays_degraded", name), name)
    assert (outcome.ending, outcome.actual) == ("failed", "still degraded")


def test_the_reference_gets_its_points(tmp_path: Path) -> None:
    """This repository's own project gets all points but those of a cache that understands more."""
    shutil.copytree(REFERENCE / "project", tmp_path / "project")
    report = graded(tmp_path)
    short = {line.name: line.outcome for line in report.lines if line.outcome.share < 1}
    assert short.keys() <= UNDERSTANDING, short
    assert report.sound
    assert report.total >= 85
