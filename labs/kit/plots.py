"""The labs' plots: one size, four colours with one meaning each, labels at the things they name.

    plots.timeline({"a": [(0, "ok"), (1, "refused")]}, title="The second call waits", span=(0, 60))

A plot is a `Plot`: the notebook shows its picture. Where pictures cannot be shown, it is its title
and each row's counts: that text is also what a test of the notebook compares.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from matplotlib.figure import Figure
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
PALETTE = 64
# A mark's area in square points: where calls stand close, marks shrink until they can be counted.
LARGE, SMALL = 42.0, 9.0
AXIS_POINTS = 400.0


@dataclass(frozen=True)
class Plot:
    """A picture whose title is its finding, and its facts in words."""

    title: str
    figure: Figure
    facts: tuple[str, ...] = ()

    def _repr_png_(self) -> bytes:
        """Render the picture in few bytes; the same figure gives the same bytes."""
        drawn, small = io.BytesIO(), io.BytesIO()
        self.figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
        picture = Image.open(drawn).convert("RGB")
        picture.quantize(PALETTE, dither=Image.Dither.NONE).save(small, "png", optimize=True)
        return small.getvalue()

    def __repr__(self) -> str:
        return "\n".join([self.title, *(f"  {fact}" for fact in self.facts)])


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of the time axis that deserves a word, and dotted moments such as full minutes."""

    start: float
    end: float
    words: str
    moments: Sequence[float] = ()


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
    figure, axes = _sheet(title)
    axes.set(xlim=span, ylim=(len(rows) - 0.5, -0.95 if shade else -0.5), xlabel=unit)
    axes.set_yticks(range(len(rows)), list(rows))
    area = _area(rows.values(), span[1] - span[0])
    for height, calls in enumerate(rows.values()):
        _draw_calls(axes, height, calls, area)
        _label_counts(axes, height, Counter(outcome for _, outcome in calls))
    if shade is not None:
        for moment in shade.moments:
            axes.axvline(moment, color="0.6", linewidth=1, linestyle=":", zorder=1)
        axes.axvspan(shade.start, shade.end, color="0.93", zorder=0)
        middle = (shade.start + shade.end) / 2
        axes.text(middle, -0.55, shade.words, ha="center", va="top", color="0.35")
    facts = (f"{name}: {_words(calls)}" for name, calls in rows.items())
    return Plot(title, figure, tuple(facts))


def _sheet(title: str) -> tuple[Figure, Axes]:
    """Return an empty plot of the labs' size, with its finding above it."""
    figure = Figure(figsize=INCHES, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure, axes


def _area(rows: Iterable[Sequence[tuple[float, Outcome]]], span: float) -> float:
    """Return how large a mark may be so that neighbours do not cover each other."""
    times = [sorted(at for at, _ in calls) for calls in rows]
    gaps = [after - before for row in times for before, after in pairwise(row) if after > before]
    points = min(gaps, default=span) / span * AXIS_POINTS
    return max(SMALL, min(LARGE, points**2))


def _words(calls: Sequence[tuple[float, Outcome]]) -> str:
    """Count a row's outcomes in words: 10 ok, 2 refused."""
    counts = Counter(outcome for _, outcome in calls)
    return ", ".join(f"{counts[each]} {each}" for each in COLOURS if counts[each]) or "no calls"


def _draw_calls(
    axes: Axes, height: int, calls: Sequence[tuple[float, Outcome]], area: float
) -> None:
    """Draw one row of marks, a colour and a shape for each outcome."""
    for outcome, colour in COLOURS.items():
        times = [at for at, each in calls if each == outcome]
        row = [height] * len(times)
        width = 1.8 if area == LARGE else 1.2
        size = LARGE if MARKS[outcome] == "|" else area  # a stroke is thin however long it is
        axes.scatter(
            times, row, color=colour, marker=MARKS[outcome], s=size, linewidths=width, clip_on=False
        )


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
