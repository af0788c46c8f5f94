"""Notebooks keep the rhythm that a reader can follow: words, a little code, words."""

from __future__ import annotations

import ast
import itertools
import re
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from labs.kit.module import is_export
from labs.kit.tidy import read
from solutions.release import HOLES, release

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
# What the README promises.
MINUTES = {"01_rate_limiting.ipynb": 180}
PICTURE = "image/png"

each_book = pytest.mark.parametrize(
    "book", [read(ROOT / "solutions" / name) for name in HOLES], ids=list(HOLES)
)
each_name = pytest.mark.parametrize("name", HOLES)
Book = dict[str, Any]


def cells(book: Book, kind: str) -> list[dict[str, Any]]:
    """Return the cells of one kind."""
    return [cell for cell in book["cells"] if cell["cell_type"] == kind]


def lines(cell: dict[str, Any]) -> int:
    """Count the lines that say something."""
    return sum(bool(line.strip()) for line in cell["source"].splitlines())


def percentile(values: Sequence[int], percent: int) -> int:
    """Return the value that so many percent do not exceed."""
    return sorted(values)[len(values) * percent // 100]


@each_book
def test_a_lab_has_45_to_70_cells(book: Book) -> None:
    """It can be worked through in its time."""
    assert 45 <= len(book["cells"]) <= 70


@each_book
def test_code_is_never_more_than_two_cells_long(book: Book) -> None:
    """Words come first."""
    runs = itertools.groupby(cell["cell_type"] for cell in book["cells"])
    assert max(len(list(run)) for kind, run in runs if kind == "code") <= 2


@each_book
def test_words_are_few(book: Book) -> None:
    """Half of the texts have at most 60 words, none more than 120."""
    words = [len(cell["source"].split()) for cell in cells(book, "markdown")]
    assert 25 <= statistics.median(words) <= 60
    assert max(words) <= 120


@each_book
def test_code_cells_are_short(book: Book) -> None:
    """Half of the lab's own cells have at most 5 lines, nine in ten 15, none more than 25."""
    own = [lines(cell) for cell in cells(book, "code") if not is_export(cell)]
    assert 3 <= statistics.median(own) <= 5
    assert percentile(own, 90) <= 15
    assert max(own) <= 25


@each_book
def test_imports_stand_in_the_first_cell(book: Book) -> None:
    """At most six lines of them; the module's own imports are in its first cell."""
    own = [cell for cell in cells(book, "code") if not is_export(cell)]
    kinds = ast.Import | ast.ImportFrom
    found = [sum(isinstance(n, kinds) for n in ast.walk(ast.parse(c["source"]))) for c in own]
    assert 0 < found[0] <= 6
    assert sum(found[1:]) == 0
    assert not re.search(r"^\s*[!%]", "\n".join(cell["source"] for cell in own), re.MULTILINE)


@each_book
def test_there_are_at_most_six_plots(book: Book) -> None:
    """Each is a finding; the live one is not kept."""
    shown = [out for cell in cells(book, "code") for out in cell["outputs"]]
    assert sum(PICTURE in out.get("data", {}) for out in shown) <= 5


@each_name
def test_the_sections_minutes_add_up(name: str) -> None:
    """The title promises what the sections take."""
    words = "\n".join(c["source"] for c in cells(read(ROOT / "solutions" / name), "markdown"))
    title = re.findall(r"^# .* \((\d+) minutes\)$", words, re.MULTILINE)
    sections = re.findall(r"^## (\d+)\. .* \((\d+) minutes\)$", words, re.MULTILINE)
    assert [number for number, _ in sections] == [str(n) for n in range(1, len(sections) + 1)]
    assert title == [str(MINUTES[name])] == [str(sum(int(m) for _, m in sections))]


@each_name
def test_the_holes_are_60_to_100_lines(name: str) -> None:
    """6 to 9 exercises, numbered as they come, each with its size."""
    lab = release(read(ROOT / "solutions" / name), HOLES[name])
    found = re.findall(
        r"exercise (\d) waits: about (\d+) line|Todo\((\d), \"about (\d+) line",
        "\n".join(cell["source"] for cell in cells(lab, "code")),
    )
    holes = [(int(lua or python), int(n or m)) for lua, n, python, m in found]
    assert [number for number, _ in holes] == list(range(1, len(holes) + 1))
    assert 6 <= len(holes) <= 9
    assert 60 <= sum(size for _, size in holes) <= 100


@each_book
def test_each_exercise_has_a_check_and_a_hint(book: Book) -> None:
    """A folded hint of three steps, and a check in at most two cells."""
    asked = [n for n, c in enumerate(book["cells"]) if "\n### Exercise" in f"\n{c['source']}"]
    for position in asked:
        text = book["cells"][position]["source"]
        steps = re.findall(r"^\d\. \*(Nudge|Concept|Shape)\.\*", text, re.MULTILINE)
        assert steps == ["Nudge", "Concept", "Shape"]
        assert text.count("<details><summary>Hint</summary>") == 1
        assert book["cells"][position + 2]["source"].startswith("await checks.")
    assert len(asked) in range(6, 10)
