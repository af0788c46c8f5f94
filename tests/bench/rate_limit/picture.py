"""The comparison as a picture: speed, the slowest hundredth, CPU and bytes, a colour a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from tests.bench.rate_limit.comparison import CASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from tests.bench.rate_limit.comparison import Table
    from tests.bench.rate_limit.sizes import Sizes

# Okabe and Ito: they stay apart for the colour-blind.
COLOURS = ("#009e73", "#e69f00", "#0072b2")
DOTS_PER_INCH = 110


def draw(table: Table, sizes: Mapping[str, Sizes], path: Path) -> None:
    """Write the picture."""
    names = list(sizes)
    figure = Figure(figsize=(11, 7), layout="constrained")
    speed, slowest, cpu, memory = figure.subplots(2, 2).flat
    cases = [case.words.replace(" x ", "\nx ") for case in CASES]
    per_second = {n: [table[case, n].per_second for case in CASES] for n in names}
    p99 = {n: [table[case, n].p99_ms for case in CASES] for n in names}
    _bars(speed, cases, per_second, "{:,.0f}")
    speed.set_title("Decisions a second (more is better)", loc="left")
    speed.yaxis.set_major_formatter("{x:,.0f}")
    figure.legend(*speed.get_legend_handles_labels(), loc="outside upper left", ncols=len(names))
    _bars(slowest, cases, p99, "{:.1f}")
    slowest.set_title("p99 of a decision, ms (less is better)", loc="left")
    _draw_cpu(cpu, table, names)
    _draw_bytes(memory, sizes)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=DOTS_PER_INCH)


def _bars(
    axes: Axes, groups: Sequence[str], values: Mapping[str, Sequence[float]], words: str
) -> None:
    """Draw one bar a library in each group, with its value above."""
    width = 0.8 / len(values)
    for index, ((name, heights), colour) in enumerate(zip(values.items(), COLOURS, strict=False)):
        places = [g + (index - (len(values) - 1) / 2) * width for g in range(len(groups))]
        bars = axes.bar(places, heights, width * 0.92, color=colour, label=name)
        axes.bar_label(bars, [words.format(h) for h in heights], fontsize=8, padding=2)
    axes.set_xticks(range(len(groups)), groups)
    axes.margins(y=0.15)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_cpu(axes: Axes, table: Table, names: Sequence[str]) -> None:
    """Stack the server's CPU on the client's, for the first case."""
    case = CASES[0]
    client = [table[case, n].client_us for n in names]
    server = [table[case, n].server_us for n in names]
    colours = COLOURS[: len(names)]
    axes.bar(names, client, 0.5, color=colours)
    upper = axes.bar(names, server, 0.5, bottom=client, color=colours, alpha=0.45, hatch="//")
    both = zip(client, server, strict=True)
    words = [f"client {mine:.0f} + Redis {redis:.0f}" for mine, redis in both]
    axes.bar_label(upper, words, fontsize=8, padding=2)
    axes.set_title(f"CPU us a decision, {case.words} (hatched: in Redis)", loc="left")
    axes.margins(y=0.15)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_bytes(axes: Axes, sizes: Mapping[str, Sizes]) -> None:
    """Compare the bytes on a logarithmic axis: they differ by five digits."""
    values = {n: [s.hits_bytes, s.reservation_bytes] for n, s in sizes.items()}
    _bars(axes, ["100 hits", "one 90,000-token reservation"], values, "{:,.0f}")
    axes.set_yscale("log")
    axes.set_title("Bytes of a subject in Redis (less is better)", loc="left")
