"""Lay the spans of one trace out as a waterfall. Pure: spans in, positions in percent out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from world.spans import Span

# A bar that is too short to see is drawn this wide.
MIN_WIDTH_PERCENT = 0.6


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: how deep its span is nested, where it begins and how wide it is, in percent."""

    span: Span
    depth: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A whole trace: its rows from top to bottom, its start and its length."""

    rows: list[Row]
    start: float
    duration_ms: float


def lay_out(spans: Sequence[Span]) -> Waterfall:
    """Order spans as a tree, siblings by start, and place each on the trace's time line."""
    start = min((span.start for span in spans), default=0.0)
    length = max((span.end for span in spans), default=0.0) - start
    rows = [Row(s, depth, *_place(s, start, length)) for s, depth in in_tree_order(spans)]
    return Waterfall(rows, start, length * 1000)


def in_tree_order(spans: Sequence[Span]) -> list[tuple[Span, int]]:
    """Return every span once with its depth, parents first.

    A span whose parent never came is a root. Spans that are each other's parents cannot be
    reached from a root: they follow at the end, the earliest of a circle as its root.
    """
    children: dict[str | None, list[int]] = defaultdict(list)
    known = {span.span_id for span in spans}
    by_start = sorted(range(len(spans)), key=lambda i: spans[i].start)
    for index in by_start:
        parent = spans[index].parent_id
        children[parent if parent in known else None].append(index)
    seen: dict[int, int] = {}
    for root in [*children.pop(None, []), *by_start]:
        _descend(root, spans, children, seen)
    return [(spans[index], depth) for index, depth in seen.items()]


def _descend(
    root: int, spans: Sequence[Span], children: dict[str | None, list[int]], seen: dict[int, int]
) -> None:
    """Add `root` and all below it to `seen`, with their depths, without recursion."""
    todo = [(root, 0)]
    while todo:
        index, depth = todo.pop()
        if index in seen:
            continue
        seen[index] = depth
        below: Iterable[int] = reversed(children.get(spans[index].span_id, []))
        todo.extend((child, depth + 1) for child in below)


def _place(span: Span, start: float, length: float) -> tuple[float, float]:
    """Return left edge and width of a span's bar in percent, always inside the line."""
    if length <= 0:
        return 0.0, 100.0
    left = min((span.start - start) / length * 100, 100 - MIN_WIDTH_PERCENT)
    width = (span.end - span.start) / length * 100
    return left, min(max(width, MIN_WIDTH_PERCENT), 100 - left)
