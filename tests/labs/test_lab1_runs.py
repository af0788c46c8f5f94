"""A student who opens lab 1 and runs all of it sees what waits, one line a cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from labs.kit.tidy import read
from solutions.release import HOLES

LABS = Path(__file__).resolve().parents[2] / "labs"
NAME = "01_rate_limiting.ipynb"
WAITS = re.compile(r"exercise \d waits: (about \d+ lines|the cell that makes `\w+` needs it)\n")
REFUSED = re.compile(r"(cell [a-z-]+: exercise \d waits: about \d+ lines\n)+filled already\?.*\n")


@pytest.fixture(scope="module")
def ran() -> dict[str, list[dict[str, Any]]]:
    """Run the lab as nbclient and Jupyter do; return each code cell's outputs."""
    book = nbformat.read(LABS / NAME, as_version=4)  # type: ignore[no-untyped-call] # no types
    options = {"metadata": {"path": str(LABS)}}
    NotebookClient(book, kernel_name="python3", timeout=60, resources=options).execute()
    return {cell.id: cell.outputs for cell in book.cells if cell.cell_type == "code"}


def test_every_check_waits_for_its_exercise(ran: dict[str, list[dict[str, Any]]]) -> None:
    """The check under a hole names the exercise that is open, or one that it stands on."""
    numbers = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    waiting = [ran[f"check-{number}"][0]["text"] for number in numbers]
    assert all(WAITS.fullmatch(text) for text in waiting)
    assert len(HOLES[NAME]) == len(waiting)


def test_a_stopped_cell_is_one_line(ran: dict[str, list[dict[str, Any]]]) -> None:
    """Nothing shows a traceback; the export names every cell that is open."""
    texts = {
        cell: "".join(output["text"] for output in outputs if output["output_type"] == "stream")
        for cell, outputs in ran.items()
    }
    export = texts.pop("export-module")
    assert REFUSED.fullmatch(export)
    stopped = [text for text in texts.values() if text]
    assert stopped
    assert [text for text in stopped if not WAITS.fullmatch(text)] == []
    kinds = {output["output_type"] for outputs in ran.values() for output in outputs}
    assert kinds == {"stream", "execute_result"}


def test_what_needs_no_exercise_works(ran: dict[str, list[dict[str, Any]]]) -> None:
    """The wrong ways are given, and show what is wrong with them."""
    cells = ("boundary", "check-then-add")
    assert [ran[cell][0]["data"]["text/plain"] for cell in cells] == ["20", "True"]


def test_a_lab_and_its_solution_have_the_same_words() -> None:
    """Only code differs."""
    texts = [
        [cell["source"] for cell in read(folder / NAME)["cells"] if cell["cell_type"] == "markdown"]
        for folder in (LABS, LABS.parent / "solutions")
    ]
    assert texts[0] == texts[1]
