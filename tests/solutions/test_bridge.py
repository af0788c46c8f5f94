"""Solved notebook, lab and module are one text."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from labs.kit import export, tidy
from labs.kit.export import difference
from labs.kit.module import ExportError, body_of, is_export, module_of
from solutions.release import HOLES

ROOT = Path(__file__).resolve().parents[2]
SOLVED = [ROOT / "solutions" / name for name in HOLES]
LABS = [ROOT / "labs" / name for name in HOLES]

MAX_LINES = 35

each_solved = pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
each_lab = pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
each_notebook = pytest.mark.parametrize(
    "path", [*SOLVED, *LABS], ids=lambda path: f"{path.parent.name}/{path.stem}"
)


@each_solved
def test_exported_cells_are_the_module(path: Path) -> None:
    """The export cells of a solved notebook are a pattern module, byte for byte."""
    module = module_of(path)
    reference = ROOT / "project" / "patterns" / f"{module.name}.py"
    assert module.text.encode() == reference.read_bytes()


@each_solved
@pytest.mark.parametrize(
    ("right", "wrong"),
    [("import", " import"), ("def ", "def  "), ("    return", "    return ")],
    ids=["in front", "inside", "in a function"],
)
def test_one_planted_blank_is_a_difference(
    path: Path, tmp_path: Path, right: str, wrong: str
) -> None:
    """A single blank in an export cell fails the comparison."""
    book = tidy.read(path)
    cell = next(c for c in book["cells"] if is_export(c) and f"\n{right}" in c["source"])
    cell["source"] = cell["source"].replace(f"\n{right}", f"\n{wrong}", 1)
    planted = tmp_path / path.name
    planted.write_text(tidy.text_of(book), encoding="utf-8")
    assert export.main([str(planted), "--check"]) == 1


@each_solved
def test_a_cell_in_another_place_is_a_difference(path: Path, tmp_path: Path) -> None:
    """The order of the cells is the order of the module."""
    book = tidy.read(path)
    first, second = [n for n, c in enumerate(book["cells"]) if is_export(c)][-2:]
    book["cells"][first], book["cells"][second] = book["cells"][second], book["cells"][first]
    planted = tmp_path / path.name
    planted.write_text(tidy.text_of(book), encoding="utf-8")
    assert difference(module_of(planted))


@each_solved
def test_an_export_cell_fits_on_a_screen(path: Path) -> None:
    """A piece of a module has at most 35 lines."""
    cells = {c["id"]: c["source"].count("\n") + 1 for c in tidy.read(path)["cells"] if is_export(c)}
    assert {name: size for name, size in cells.items() if size > MAX_LINES} == {}


@each_solved
def test_all_imports_are_in_the_first_export_cell(path: Path) -> None:
    """Whoever reads the module's head knows what it needs."""
    _, *rest = [ast.parse(body_of(c)) for c in tidy.read(path)["cells"] if is_export(c)]
    kinds = ast.Import | ast.ImportFrom
    assert not [node for tree in rest for node in ast.walk(tree) if isinstance(node, kinds)]


@each_notebook
def test_a_notebook_is_tidy(path: Path) -> None:
    """Committed notebooks are as `labs.kit.tidy` writes them."""
    assert tidy.main(["--check", str(path)]) == 0


@each_notebook
def test_planted_metadata_is_untidy(path: Path, tmp_path: Path) -> None:
    """One forgotten key of metadata fails the check."""
    planted = tmp_path / path.parent.name / path.name
    planted.parent.mkdir()
    shutil.copy(path, planted)
    assert tidy.main(["--check", str(planted)]) == 0
    text = planted.read_text(encoding="utf-8")
    planted.write_text(text.replace('"metadata": {}', '"metadata": {"trusted": true}', 1))
    assert tidy.main(["--check", str(planted)]) == 1


@each_lab
def test_a_lab_with_holes_is_not_exported(path: Path) -> None:
    """The refusal names each exercise that is open in an export cell."""
    with pytest.raises(ExportError) as caught:
        module_of(path)
    pattern = re.compile(r"cell [a-z-]+: exercise \d waits: about \d+ lines")
    assert all(pattern.fullmatch(reason) for reason in caught.value.reasons)


@each_solved
def test_every_export_cell_of_a_lab_is_there(path: Path) -> None:
    """A hole changes a cell; it takes none away."""
    lab = ROOT / "labs" / path.name
    ids = [[c["id"] for c in tidy.read(each)["cells"]] for each in (path, lab)]
    assert ids[0] == ids[1]
