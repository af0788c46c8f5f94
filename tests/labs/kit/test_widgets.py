"""Controls follow the hand, and an open exercise behind them is one line."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labs.kit import plots, widgets
from labs.kit.exercises import Todo


def draw(limit: int = 3, shape: str = "flat") -> plots.Plot:
    """Draw so many calls; four of them are an open exercise."""
    if limit == 4:
        raise Todo(7, "about 2 lines")
    return plots.timeline({shape: [(n, "ok") for n in range(limit)]}, title=shape, span=(0, 9))


def test_a_plot_follows_its_controls() -> None:
    """Each control begins at the default, and the picture is what the function draws."""
    box = widgets.sliders(draw, limit=(1, 8, 2), shape=["flat", "steep"])
    (slider, menu), picture = box.children[0].children, box.children[1]
    assert (slider.value, slider.min, slider.max, slider.step) == (3, 1, 8, 2)
    assert (menu.value, menu.options) == ("flat", ("flat", "steep"))
    assert picture.value == draw()._repr_png_()
    slider.value, menu.value = 5, "steep"
    assert picture.value == draw(5, "steep")._repr_png_()


def test_an_open_exercise_stands_in_for_the_picture() -> None:
    """One line says what it waits for, until there is something to see."""
    box = widgets.sliders(draw, limit=(1, 8))
    row, picture, line = box.children
    slider: Any = row.children[0]
    slider.value = 4
    assert (line.value, picture.layout.display) == ("exercise 7 waits: about 2 lines", "none")
    slider.value = 5
    assert (line.value, picture.layout.display) == ("", "block")


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (Todo(2, "about 5 lines"), "exercise 2 waits: about 5 lines"),
        (ValueError("no"), "ValueError('no')"),
    ],
)
async def test_a_click_shows_what_became_of_it(error: Exception, shown: str) -> None:
    """Results stand beside the button, the latest last; an error is one of them.

    A click arrives in another thread, and is answered in the loop that made the button.
    """
    home = asyncio.get_running_loop()
    outcomes: list[object] = [50, 14, error]
    changed = asyncio.Event()

    async def act() -> object:
        assert asyncio.get_running_loop() is home
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    press, line = widgets.button("race", act).children
    line.observe(lambda _: changed.set(), names="value")
    for _ in range(3):
        await asyncio.to_thread(press.click)
        await changed.wait()
        changed.clear()
        assert not press.disabled
    assert line.value == f"50   14   {shown}"
