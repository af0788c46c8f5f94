"""Controls for a notebook; what they call is a plain function that a cell can call as well.

    widgets.sliders(redraw, limit=(1, 20), shape=["steady", "two bursts"])
    widgets.button("50 callers race", race)

An open exercise behind a control is one line under it, as it is everywhere in a lab. Pictures are
`Image` widgets, not `Output` widgets as `interact` makes them: those flicker, and a notebook that
runs without a browser can wait for ever behind one.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

import ipywidgets

from labs.kit.exercises import KitError, open_exercise
from labs.kit.plots import DOTS_PER_INCH, INCHES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from concurrent.futures import Future

    from labs.kit.plots import Plot

    Choice = tuple[int, int] | tuple[int, int, int] | Sequence[str]

SHOWN = 12
WIDTH = f"{INCHES[0] * DOTS_PER_INCH}px"  # as it was drawn, whatever the page's width


def sliders(draw: Callable[..., Plot], **choices: Choice) -> ipywidgets.Widget:
    """Return a control for each argument of `draw`, above a plot that follows them.

    A tuple (from, to) or (from, to, step) is a slider, a list of words a menu; each begins at the
    default of its argument.
    """
    defaults = inspect.signature(draw).parameters
    controls = {
        name: _control(name, choice, defaults[name].default) for name, choice in choices.items()
    }
    picture, line = ipywidgets.Image(format="png", layout={"width": WIDTH}), ipywidgets.Label()

    def redraw(_: object = None) -> None:
        try:
            plot = draw(**{name: control.value for name, control in controls.items()})
        except KitError as error:
            line.value, picture.layout.display = str(error), "none"
        else:
            line.value, picture.layout.display = "", "block"
            picture.value = plot._repr_png_()

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([ipywidgets.HBox([*controls.values()]), picture, line])


def _control(name: str, choice: Choice, default: object) -> ipywidgets.Widget:
    """Return a slider for numbers, a menu for words."""
    if isinstance(choice, tuple):
        low, high, *step = choice
        limits = {"min": low, "max": high, "step": step[0] if step else 1}
        return ipywidgets.IntSlider(value=default, description=name, **limits)
    return ipywidgets.Dropdown(value=default, description=name, options=list(choice))


def button(words: str, act: Callable[[], Awaitable[object]]) -> ipywidgets.Widget:
    """Return a button; each click awaits `act`, and its latest results stand beside it.

    JupyterLab reports a click in a thread of its own, with a loop of its own. What `act` uses, a
    Redis client above all, belongs to the loop of the cells: there it runs.
    """
    press = ipywidgets.Button(description=words, layout={"width": "max-content"})
    line = ipywidgets.Label()
    home = asyncio.get_running_loop()
    results: list[str] = []

    async def run() -> object:
        return await act()

    def begin(_: object) -> None:
        press.disabled = True
        asyncio.run_coroutine_threadsafe(run(), home).add_done_callback(done)

    def done(ended: Future[object]) -> None:
        press.disabled = False
        error = ended.exception()
        results.append(str(open_exercise(error) or repr(error)) if error else str(ended.result()))
        line.value = "   ".join(results[-SHOWN:])

    press.on_click(begin)
    return ipywidgets.HBox([press, line])
