"""A real kernel shows an open exercise as one line, and everything else as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from labs.kit.exercises import KitError, Todo, open_exercise

ROOT = Path(__file__).resolve().parents[3]

CELLS = {
    "setup": "from labs.kit import KitError, Todo\nTodo.watch()",
    "setup again": "Todo.watch()",
    "hole": "async def ask():\n    raise Todo(3, 'about 6 lines')",
    "direct": "before = 1\nanswer = await ask()",
    "consequence": "shown = answer.upper()",
    "second consequence": "print(shown)",
    "a comprehension": "listed = [each for each in await ask()]",
    "the same loop elsewhere": "[each for each in listed]",
    "own error": "before / 0",
    "grouped": "import asyncio\nasync with asyncio.TaskGroup() as group:\n"
    "    group.create_task(ask())",
    "from a script": "raise OSError('user_script:7: exercise 2 waits: about 11 lines script: f0')",
    "kit error": "raise KitError('first reason\\nsecond reason')",
    "filled": "async def ask():\n    return 'yes'",
    "made": "answer = await ask()",
    "own error after": "answer + 1",
}


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """Run all cells in one kernel; return what each shows, an error by its name."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(CELLS.values())
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    book = nbformat.from_dict(content)  # type: ignore[no-untyped-call] # nbformat has no types
    options = {"metadata": {"path": str(ROOT)}}
    NotebookClient(book, kernel_name="python3", allow_errors=True, resources=options).execute()
    return {
        name: "".join(o.get("text", o.get("ename", "")) for o in cell.outputs)
        for name, cell in zip(CELLS, book.cells, strict=True)
    }


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("direct", "exercise 3 waits: about 6 lines\n"),
        ("consequence", "exercise 3 waits: the cell that makes `answer` needs it\n"),
        ("second consequence", "exercise 3 waits: the cell that makes `shown` needs it\n"),
        ("a comprehension", "exercise 3 waits: about 6 lines\n"),
        (
            "the same loop elsewhere",
            "exercise 3 waits: the cell that makes `listed` needs it\n",
        ),
        ("grouped", "exercise 3 waits: about 6 lines\n"),
        ("from a script", "exercise 2 waits: about 11 lines\n"),
        ("kit error", "first reason\nsecond reason\n"),
    ],
)
def test_an_open_exercise_is_one_line(shown: dict[str, str], cell: str, line: str) -> None:
    """What an open exercise stops says which exercise, and nothing else."""
    assert shown[cell] == line


@pytest.mark.parametrize(
    ("cell", "error"), [("own error", "ZeroDivisionError"), ("own error after", "TypeError")]
)
def test_every_other_error_keeps_its_traceback(
    shown: dict[str, str], cell: str, error: str
) -> None:
    """The student's own mistakes are shown in full, also while exercises are open."""
    assert shown[cell] == error


@pytest.mark.parametrize("cell", ["setup", "setup again", "hole", "filled", "made"])
def test_what_works_stays_silent(shown: dict[str, str], cell: str) -> None:
    """A cell that no exercise stops shows nothing of the watch."""
    assert shown[cell] == ""


def test_an_open_exercise_is_found_behind_another_error() -> None:
    """An error that was raised from a hole waits for that exercise."""
    error = ValueError("no answer")
    error.__cause__ = Todo(4, "about 2 lines")
    assert str(open_exercise(error)) == "exercise 4 waits: about 2 lines"
    assert open_exercise(KitError("something else")) is None


def test_outside_a_notebook_the_watch_does_nothing() -> None:
    """In plain Python a hole is an ordinary error."""
    Todo.watch()
    with pytest.raises(Todo, match="exercise 1 waits"):
        raise Todo(1, "about 3 lines")
