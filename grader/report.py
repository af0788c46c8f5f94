"""The report as people read it: a block for each criterion, and why points are missing.

reliability                                                     23 / 30
  passed   3 / 3   It boots and reports its health: ...
  failed   0 / 7   A burst of 30 over two workers admits exactly the limit.
                   expected  10 of 30 admitted
                   got       13 of 30 admitted
                   hint      count in Redis, in one script: each worker counts for itself now
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from grader.rubric import CRITERIA
from grader.sandbox import LEVEL_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.score import Line, Report

WIDTH = 100
_INDENT = 20


def render(report: Report) -> str:
    """Return the whole report as text."""
    lines = [f"{report.submission}: {LEVEL_WORDS}", ""]
    for criterion in CRITERIA:
        if of := report.of(criterion):
            earned = sum(line.earned for line in of)
            lines += [_title(criterion, earned, sum(line.points for line in of)), *_block(of), ""]
    lines += [_title("total", report.total, report.points), *_remarks(report)]
    return "\n".join(lines)


def number(value: float) -> str:
    """Write points without needless zeros: 7, 6.5, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _title(name: str, earned: float, points: float) -> str:
    score = f"{number(earned)} / {number(points)}"
    return f"{name.replace('_', ' ')}{score:>{WIDTH - len(name)}}"


def _block(lines: list[Line]) -> Iterator[str]:
    for line in lines:
        points = f"{number(line.earned):>5} / {number(line.points)}"
        yield from _wrapped(f"  {line.outcome.ending:<7} {points:<9}", line.sentence)
        outcome = line.outcome
        if outcome.ending == "skipped":
            yield f"{'':{_INDENT}}{textwrap.shorten(outcome.actual, WIDTH - _INDENT)}"
            continue
        said = {"expected": outcome.expected, "got": outcome.actual, "saw": outcome.evidence}
        for word, text in (said | {"hint": outcome.hint}).items():
            if text:
                yield from _wrapped(f"{'':{_INDENT}}{word:<9} ", text)


def _wrapped(lead: str, text: str) -> list[str]:
    """Return text in lines, the first after `lead` and the others below it."""
    lead = f"{lead:<{_INDENT}}"
    plain = "".join(char if char.isprintable() else " " for char in text)
    return textwrap.wrap(plain, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)) or [
        lead
    ]


def _remarks(report: Report) -> Iterator[str]:
    if not report.complete:
        yield "Only some checks ran: this is no grade."
    elif report.quality_factor < 1:
        yield f"Quality counts {report.quality_factor:.0%}: the share of the other points earned."
    if not report.sound:
        yield "A check is broken. That is the grader's fault: the total is not a grade."
