"""Plots have one size, four colours and a title that is the finding."""

from __future__ import annotations

import struct

import pytest
from matplotlib.collections import PathCollection

from labs.kit import plots
from labs.kit.plots import COLOURS, Plot, Shade

ROWS: dict[str, list[tuple[float, plots.Outcome]]] = {
    "a": [(0, "ok"), (1, "ok"), (2, "refused")],
    "b": [(0, "failed")],
}


def drawn(shade: Shade | None = None) -> Plot:
    """Draw two rows."""
    return plots.timeline(ROWS, title="b fails", span=(0, 5), shade=shade)


def test_a_plot_is_words_where_pictures_cannot_be_shown() -> None:
    """The text of a plot is its finding and its counts, the same on every machine."""
    assert repr(drawn()) == "b fails\n  a: 2 ok, 1 refused\n  b: 1 failed"
    empty = plots.timeline({"a": []}, title="nothing", span=(0, 1))
    assert repr(empty) == "nothing\n  a: no calls"


def test_a_picture_is_seven_by_three_inches() -> None:
    """Every plot has the labs' size."""
    width, height = struct.unpack(">II", drawn()._repr_png_()[16:24])
    assert (width, height) == (630, 270)


def test_the_same_plot_is_the_same_bytes() -> None:
    """A notebook that runs again does not change."""
    assert drawn()._repr_png_() == drawn()._repr_png_()


def test_each_row_says_how_its_calls_ended() -> None:
    """Counts stand at the right, each in the colour of its outcome."""
    labels = {text.get_text(): text.get_color() for text in drawn().figure.axes[0].texts}
    assert labels == {
        "2 ok": COLOURS["ok"],
        "1 refused": COLOURS["refused"],
        "1 failed": COLOURS["failed"],
    }


def test_a_shaded_stretch_has_its_words() -> None:
    """A shade names what it marks."""
    texts = [text.get_text() for text in drawn(Shade(1, 3, "two seconds")).figure.axes[0].texts]
    assert "two seconds" in texts


def test_two_plots_can_share_their_axis() -> None:
    """The time axis is what the caller says, not what the data happen to span."""
    assert drawn().figure.axes[0].get_xlim() == pytest.approx((0, 5))


def test_a_picture_is_small() -> None:
    """Six plots stay far below a notebook's 150 KB."""
    assert len(drawn(Shade(1, 3, "two seconds", moments=(1, 2)))._repr_png_()) < 8_000


def test_moments_are_lines_of_their_own() -> None:
    """Each full minute is one dotted line."""
    assert len(drawn(Shade(1, 3, "two seconds", moments=(1, 2))).figure.axes[0].lines) == 2


@pytest.mark.parametrize(("calls", "area"), [(5, plots.LARGE), (500, plots.SMALL)])
def test_marks_shrink_where_calls_stand_close(calls: int, area: float) -> None:
    """Neighbours can be told apart."""
    row: list[tuple[float, plots.Outcome]] = [(n / calls, "ok") for n in range(calls)]
    plot = plots.timeline({"a": row}, title="many", span=(0, 1))
    marks = plot.figure.axes[0].collections[0]
    assert isinstance(marks, PathCollection)
    assert list(marks.get_sizes()) == [area]
