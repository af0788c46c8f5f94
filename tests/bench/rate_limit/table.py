"""The one table: what was measured, by whom, against which bar."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of each limiter; `held` is None where there is no bar, or nothing to hold."""

    what: str
    figures: Mapping[str, str]
    bar: str = ""
    held: bool | None = None
    note: str = field(default="")

    @property
    def verdict(self) -> str:
        """Say how the bar ended."""
        words = {True: "held", False: "MISSED", None: "not compared" if self.bar else ""}
        return ", ".join(filter(None, (self.note, words[self.held])))


def render(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Lay the rows out, figures to the right."""
    lines = [["", *names, "bar", ""]]
    lines += [[r.what, *(r.figures.get(n, "") for n in names), r.bar, r.verdict] for r in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(_line(line, widths, figures=len(names)) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], *, figures: int) -> str:
    placed = [
        cell.rjust(width) if 1 <= column <= figures else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(placed).rstrip()
