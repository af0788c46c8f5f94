"""Export cells become a module, and nothing that must not run gets into the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from labs.kit import export
from labs.kit.module import ExportError, module_of
from labs.kit.tidy import text_of, tidy

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '#| export rate_limit\n"""A limiter."""\n\nimport math'


def saved(folder: Path, *sources: str) -> Path:
    """Write a notebook of code cells named one, two, three."""
    names = ("one", "two", "three")
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": []}
        for name, source in zip(names, sources, strict=False)
    ]
    path = folder / "01_rate_limiting.ipynb"
    path.write_text(text_of(tidy({"cells": cells}, solved=False)), encoding="utf-8")
    return path


def api(folder: Path) -> Path:
    """Make the folder of an API."""
    (folder / "patterns").mkdir(parents=True)
    return folder


def test_cells_are_joined_as_ruff_formats_a_module(tmp_path: Path) -> None:
    """One blank line joins constants, two stand around functions; other cells are left out."""
    path = saved(tmp_path, HEAD, "print('a toy')", "#| export\nLIMIT = 10")
    assert module_of(path).text == '"""A limiter."""\n\nimport math\n\nLIMIT = 10\n'
    path = saved(tmp_path, HEAD, "#| export\ndef one() -> int:\n    return 1", "#| export\nN = 1")
    assert module_of(path).text.endswith("math\n\n\ndef one() -> int:\n    return 1\n\n\nN = 1\n")


def test_the_module_is_written_into_the_api(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes the module whole, and says what to do next."""
    path, target = saved(tmp_path, HEAD), api(tmp_path / "api")
    assert export.main([str(path), "--to", str(target)]) == 0
    assert (
        target / "patterns" / "rate_limit.py"
    ).read_text() == '"""A limiter."""\n\nimport math\n'
    assert [file.name for file in (target / "patterns").iterdir()] == ["rate_limit.py"]
    assert capsys.readouterr().out.endswith("restarts with your module\n")


def test_the_api_is_copied_when_it_is_first_needed(tmp_path: Path) -> None:
    """A student's API begins as a copy of the reference, without compiled files."""
    target = tmp_path / "student" / "project"
    assert export.notebook(saved(tmp_path, HEAD), to=target) == target
    assert (target / "__init__.py").exists()
    assert (target / "patterns" / "rate_limit.py").read_text().startswith('"""A limiter."""')
    assert not list(target.rglob("__pycache__"))
    assert [folder.name for folder in target.parent.iterdir()] == ["project"]


def test_a_notebook_outside_labs_is_written_nowhere_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a lab goes to the student's API without being told where."""
    assert export.notebook(saved(tmp_path, HEAD)) == export.REFERENCE
    assert "written nowhere" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(
            "#| export\nimport project.pipeline",
            "cell two: it imports project.pipeline; a pattern may import only the standard "
            "library, numpy, redis, sentry_sdk and opentelemetry",
            id="this repository",
        ),
        pytest.param("#| export\nfrom . import x", "cell two: it imports .; a", id="relative"),
        pytest.param(
            "#| export\ndef f():\n    from openai import OpenAI",
            "cell two: it imports openai; a",
            id="inside a function",
        ),
        pytest.param(
            '#| export\ndef f():\n    raise Todo(3, "about 6 lines")',
            "cell two: exercise 3 waits: about 6 lines",
            id="a hole in Python",
        ),
        pytest.param(
            '#| export\nA = """\nerror(\'exercise 2 waits: about 11 lines\')\n"""',
            "cell two: exercise 2 waits: about 11 lines",
            id="a hole in Lua",
        ),
        pytest.param("#| export\n\nx = (", "cell two, line 3: '(' was never closed", id="syntax"),
        pytest.param("#| export\n%time x", "cell two, line 2: invalid syntax", id="a magic"),
        pytest.param("#| export\nawait x", "cell two, line 2: 'await' outside", id="await"),
        pytest.param("#| export\n# later", "cell two is empty", id="empty"),
        pytest.param(
            "#| export\nfrom __future__ import annotations",
            "the cells together, line 5: from __future__ imports must occur",
            id="late future",
        ),
    ],
)
def test_what_must_not_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, reason: str
) -> None:
    """A refusal names the cell and the reason, and leaves the API as it was."""
    target = api(tmp_path / "api")
    assert export.main([str(saved(tmp_path, HEAD, source)), "--to", str(target)]) == 1
    assert capsys.readouterr().err.startswith(reason)
    assert not list((target / "patterns").iterdir())


def test_all_reasons_are_told_at_once(tmp_path: Path) -> None:
    """Two faulty cells are two lines."""
    path = saved(tmp_path, HEAD, "#| export\nimport openai", "#| export\nx = (")
    with pytest.raises(ExportError) as caught:
        module_of(path)
    assert len(caught.value.reasons) == 2


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = 1", "has no cell that begins with `#| export`"),
        ("#| export\nx = 1", "cell one: name the module"),
    ],
    ids=["no export cell", "no name"],
)
def test_a_notebook_without_a_module_is_refused(tmp_path: Path, source: str, reason: str) -> None:
    """A module needs cells and a name."""
    with pytest.raises(ExportError, match=reason):
        module_of(saved(tmp_path, source))


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    """A missing file is one line, not a traceback."""
    with pytest.raises(ExportError, match="is not a notebook"):
        module_of(tmp_path / "nowhere.ipynb")


def test_a_folder_that_is_no_api_is_refused(tmp_path: Path) -> None:
    """A module is not written just anywhere."""
    with pytest.raises(ExportError, match="is no copy of the API"):
        export.notebook(saved(tmp_path, HEAD), to=tmp_path)


def test_check_shows_the_difference_from_the_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --check another module is a unified diff, and the exit is 1."""
    assert export.main([str(saved(tmp_path, HEAD)), "--check"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("--- project/patterns/rate_limit.py\n+++ rate_limit.py, from the")
    assert '\n+"""A limiter."""\n' in shown


def test_check_needs_a_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A module that the API does not have cannot be compared."""
    path = saved(tmp_path, "#| export something_else\nx = 1")
    assert export.main([str(path), "--check"]) == 1
    assert "no project/patterns/something_else.py" in capsys.readouterr().err
