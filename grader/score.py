"""From outcomes to points: pure arithmetic over the rubric."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from grader.rubric import CRITERIA, QUALITY, RUBRIC
from grader.sandbox import LEVEL_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.check import Check, Outcome

VERSION = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One check in the report."""

    name: str
    criterion: str
    sentence: str
    points: float
    earned: float
    outcome: Outcome

    def as_json(self) -> dict[str, Any]:
        """Return the line as report.json has it."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "outcome"}
        return fields | asdict(self.outcome)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found; `complete` is False where only some checks ran."""

    submission: str
    lines: tuple[Line, ...]
    complete: bool
    quality_factor: float

    @property
    def total(self) -> float:
        """All points earned."""
        return round(sum(line.earned for line in self.lines), 2)

    @property
    def points(self) -> float:
        """All points that the checks of this run are worth."""
        return sum(line.points for line in self.lines)

    @property
    def sound(self) -> bool:
        """Whether no check broke: a broken one is the grader's fault, and this is no grade."""
        return not any(line.outcome.ending == "broken" for line in self.lines)

    @property
    def exit_code(self) -> int:
        """What the command returns: 0 for a sound run, whatever the points."""
        return 0 if self.sound else 1

    def of(self, criterion: str) -> list[Line]:
        """Return the lines of one criterion."""
        return [line for line in self.lines if line.criterion == criterion]

    def as_json(self) -> dict[str, Any]:
        """Return report.json."""
        return {
            "version": VERSION,
            "submission": self.submission,
            "total": self.total,
            "points": self.points,
            "complete": self.complete,
            "sound": self.sound,
            "isolation": LEVEL_WORDS,
            "quality_factor": self.quality_factor,
            "criteria": {name: _sums(self.of(name)) for name in CRITERIA},
            "checks": [line.as_json() for line in self.lines],
        }


def score(
    submission: str, checks: Sequence[Check], outcomes: Mapping[str, Outcome], *, complete: bool
) -> Report:
    """Give each outcome its points; quality's are multiplied by what the rest has earned."""
    earned = {check.name: points_of(check.name) * outcomes[check.name].share for check in checks}
    rest = {name for criterion in RUBRIC if criterion != QUALITY for name in RUBRIC[criterion]}
    possible = sum(points for c, points in CRITERIA.items() if c != QUALITY)
    factor = sum(earned[name] for name in earned if name in rest) / possible if complete else 1.0
    lines = []
    for check in checks:
        criterion = criterion_of(check.name)
        scale = factor if criterion == QUALITY else 1.0
        lines.append(
            Line(
                name=check.name,
                criterion=criterion,
                sentence=check.sentence,
                points=points_of(check.name),
                earned=round(earned[check.name] * scale, 2),
                outcome=outcomes[check.name],
            )
        )
    return Report(submission, tuple(lines), complete, round(factor, 4))


def criterion_of(name: str) -> str:
    """Return the criterion that a check belongs to."""
    return next(criterion for criterion, checks in RUBRIC.items() if name in checks)


def points_of(name: str) -> float:
    """Return what a check is worth."""
    return RUBRIC[criterion_of(name)][name]


def _sums(lines: Sequence[Line]) -> dict[str, float]:
    return {
        "points": sum(line.points for line in lines),
        "earned": round(sum(line.earned for line in lines), 2),
    }
