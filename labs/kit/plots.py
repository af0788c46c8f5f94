"""The labs' plots: one size, four colours with one meaning each, labels at the things they name.

    plots.timeline({"a": [(0, "ok"), (1, "refused")]}, title="The second call waits", span=(0, 60))

A plot is a `Plot`: the notebook shows its picture, and its title where pictures cannot be shown.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

Outcome = Literal["ok", "slowed", "refused", "failed"]

# Four colours that stay apart for the colour-blind (Okabe and Ito), and marks for grey print.
COLOURS: Mapping[Outcome, str] = {
    "ok": "#009e73",
    "slowed": "#e69f00",
    "refused": "#0072b2",
    "failed": "#d55e00",
}
MARKS: Mapping[Outcome, str] = {"ok": "o", "slowed": "s", "refused": "|", "failed": "X"}
INCHES = (7, 3)
DOTS_PER_INCH = 90


@dataclass(frozen=True)
class Plot:
    """A picture whose title is its finding."""

    title: str
    figure: Figure

    def _repr_png_(self) -> bytes:
        """Render the picture; the same figure gives the same bytes."""
        target = io.BytesIO()
        self.figure.savefig(target, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        return target.getvalue()

    def __repr__(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of the time axis that deserves a word."""

    start: float
    end: float
    words: str


def timeline(
    rows: Mapping[str, Sequence[tuple[float, Outcome]]],
    *,
    title: str,
    span: tuple[float, float],
    unit: str = "seconds",
    shade: Shade | None = None,
) -> Plot:
    """Draw each row's calls as marks in time, and count its outcomes at the right.

    `span` is the time axis, in `unit`: two plots that are to be compared share it.
    """
    figure = Figure(figsize=INCHES, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    for height, calls in enumerate(rows.values()):
        _draw_calls(axes, height, calls)
        _label_counts(axes, height, Counter(outcome for _, outcome in calls))
    top = -0.5
    if shade is not None:
        top = -0.95
        axes.axvspan(shade.start, shade.end, color="0.93", zorder=0)
        middle = (shade.start + shade.end) / 2
        axes.text(middle, -0.55, shade.words, ha="center", va="top", color="0.35")
    axes.set(xlim=span, ylim=(len(rows) - 0.5, top), xlabel=unit)
    axes.set_yticks(range(len(rows)), list(rows))
    return Plot(title, figure)


def _draw_calls(axes: Axes, height: int, calls: Sequence[tuple[float, Outcome]]) -> None:
    """Draw one row of marks, a colour and a shape for each outcome."""
    for outcome, colour in COLOURS.items():
        times = [at for at, each in calls if each == outcome]
        row = [height] * len(times)
        mark = MARKS[outcome]
        axes.scatter(times, row, color=colour, marker=mark, s=42, linewidths=1.8, clip_on=False)


def _label_counts(axes: Axes, height: int, counts: Counter[Outcome]) -> None:
    """Write a row's outcomes at its right end, each in its colour."""
    present = [outcome for outcome in COLOURS if counts[outcome]]
    for line, outcome in enumerate(present):
        axes.annotate(
            f"{counts[outcome]} {outcome}",
            xy=(1.02, height),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, 13 * ((len(present) - 1) / 2 - line)),
            textcoords="offset points",
            va="center",
            color=COLOURS[outcome],
            fontweight="bold",
        )
