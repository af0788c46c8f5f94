"""Plots have one size, four colours and a title that is the finding."""

from __future__ import annotations

import struct

import pytest

from labs.kit import plots
from labs.kit.plots import COLOURS, Plot, Shade

ROWS: dict[str, list[tuple[float, plots.Outcome]]] = {
    "a": [(0, "ok"), (1, "ok"), (2, "refused")],
    "b": [(0, "failed")],
}


def drawn(shade: Shade | None = None) -> Plot:
    """Draw two rows."""
    return plots.timeline(ROWS, title="b fails", span=(0, 5), shade=shade)


def test_a_plot_shows_its_title_where_pictures_cannot_be_shown() -> None:
    """The text of a plot is its finding, the same on every machine."""
    assert repr(drawn()) == "b fails"


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
