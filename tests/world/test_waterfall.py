"""The rules of drawing a trace's spans as a waterfall."""

from __future__ import annotations

import pytest

from world.spans import Span
from world.waterfall import MIN_WIDTH_PERCENT, in_tree_order, lay_out


def span(name: str, *, parent: str | None = None, at: float = 0.0, seconds: float = 1.0) -> Span:
    """Return a span whose id is its name."""
    return Span(
        name=name,
        trace_id="t",
        span_id=name,
        parent_id=parent,
        kind="internal",
        start=at,
        end=at + seconds,
        duration_ms=seconds * 1000,
        service="api",
    )


def order(*spans: Span) -> list[tuple[str, int]]:
    """Return names and depths from top to bottom."""
    return [(s.name, depth) for s, depth in in_tree_order(spans)]


def test_children_stand_under_their_parent_by_start() -> None:
    """Whatever order spans come in, the tree is drawn from the top."""
    late = span("late", parent="root", at=2)
    early = span("early", parent="root", at=1)
    inner = span("inner", parent="early", at=1.5)
    drawn = order(late, inner, early, span("root"))
    assert drawn == [("root", 0), ("early", 1), ("inner", 2), ("late", 1)]


def test_a_span_whose_parent_never_came_is_a_root() -> None:
    """An orphan, as sampling makes them, is shown."""
    assert order(span("orphan", parent="elsewhere")) == [("orphan", 0)]


def test_spans_in_a_circle_are_shown_once() -> None:
    """Spans that are each other's parents neither hang the page nor disappear."""
    assert order(span("a", parent="b"), span("b", parent="a", at=1)) == [("a", 0), ("b", 1)]


def test_a_span_that_is_its_own_parent_is_shown() -> None:
    """The smallest circle is a circle too."""
    assert order(span("self", parent="self")) == [("self", 0)]


def test_two_spans_of_one_id_are_both_shown() -> None:
    """A span that was sent twice is seen twice."""
    assert order(span("twin"), span("twin"), span("child", parent="twin", at=1)) == [
        ("twin", 0),
        ("child", 1),
        ("twin", 0),
    ]


def test_a_chain_longer_than_pythons_stack_is_laid_out() -> None:
    """Depth costs no recursion."""
    chain = [span(str(n), parent=str(n - 1) if n else None, at=n) for n in range(5_000)]
    assert order(*chain)[-1] == ("4999", 4_999)


def test_bars_stand_where_their_time_is() -> None:
    """Left and width are shares of the whole trace."""
    drawn = lay_out([span("root", at=10, seconds=4), span("half", parent="root", at=12, seconds=1)])
    assert [(row.left, row.width) for row in drawn.rows] == [(0, 100), (50, 25)]
    assert (drawn.start, drawn.duration_ms) == (10, 4000)


@pytest.mark.parametrize("at", [0.0, 999.9999], ids=["at the start", "at the end"])
def test_a_bar_too_short_to_see_is_widened_within_the_line(at: float) -> None:
    """A short span is visible and does not leave the picture."""
    drawn = lay_out([span("root", seconds=1000), span("tick", parent="root", at=at, seconds=1e-6)])
    tick = drawn.rows[1]
    assert tick.width == pytest.approx(MIN_WIDTH_PERCENT)
    assert tick.left + tick.width <= 100


def test_a_trace_without_length_fills_the_line() -> None:
    """A single instant is drawn as a whole bar."""
    (row,) = lay_out([span("instant", seconds=0)]).rows
    assert (row.left, row.width) == (0, 100)


def test_no_spans_make_no_rows() -> None:
    """An empty trace is laid out as nothing."""
    assert lay_out([]).rows == []
