"""Grade tiny submissions in tests: write them, grade them, look at how each check ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.run import Options, grade

if TYPE_CHECKING:
    from grader.check import Check, Outcome
    from grader.score import Report

SUBMISSIONS = Path(__file__).parent.parent / "submissions"
REFERENCE = Path(__file__).parent.parent.parent


def graded(path: Path, *only: str) -> Report:
    """Grade a submission, or run some checks on it."""
    return grade(path, Options(only=only), ignore)


def ignore(_check: Check, _outcome: Outcome) -> None:
    """Take note of nothing."""


def submission(folder: Path, main: str, **others: str) -> Path:
    """Write a submission of one module; `others` are more files of project/, `__` for a dot."""
    files = {"main.py": main, **{name.replace("__", "."): text for name, text in others.items()}}
    (folder / "project").mkdir(parents=True)
    for name, text in files.items():
        (folder / "project" / name).write_text(text, encoding="utf-8")
    return folder


def endings(report: Report) -> dict[str, str]:
    """Return how each check ended."""
    return {line.name: line.outcome.ending for line in report.lines}


def outcome_of(report: Report, name: str) -> Outcome:
    """Return one check's outcome."""
    return next(line.outcome for line in report.lines if line.name == name)
