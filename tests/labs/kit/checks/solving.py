"""Lab 1's solved cells, run one by one and with planted mistakes; what a missed check said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from labs.kit.exercises import Todo
from labs.kit.tidy import read
from project.patterns import rate_limit
from solutions.release import HOLES, release

if TYPE_CHECKING:
    import pytest

NOTEBOOK = Path(__file__).resolve().parents[4] / "solutions" / "01_rate_limiting.ipynb"
SOLVED = read(NOTEBOOK)
OPEN = release(SOLVED, HOLES[NOTEBOOK.name])
PACKED = rate_limit._LOG + rate_limit._ASK + rate_limit._ADMIT  # noqa: SLF001 - as the lab has it


def defined(cell: str, *change: str, book: Any = SOLVED, **given: object) -> dict[str, Any]:
    """Run a cell of definitions, with one text of it changed into another; return its names."""
    source = next(each["source"] for each in book["cells"] if each["id"] == cell)
    for old, new in zip(change[::2], change[1::2], strict=True):
        assert source.count(old) == 1
        source = source.replace(old, new)
    names = {**vars(rate_limit), "Todo": Todo, **given}
    exec(source, names)
    return names


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, str, str]:
    """Return what a missed check said: expected, actual, hint."""
    title, expected, actual, hint = capsys.readouterr().out.splitlines()
    assert title.endswith(": not yet")
    assert [line[:12].strip() for line in (expected, actual, hint)] == [
        "expected",
        "actual",
        "hint",
    ]
    return expected[12:], actual[12:], hint[12:]
