"""Notebooks are small, diffable and the same on every machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from labs.kit.tidy import faults, main, read, text_of, tidy

if TYPE_CHECKING:
    from pathlib import Path


def code(source: str, *outputs: dict[str, Any], cell_id: str = "a-cell") -> dict[str, Any]:
    """Return a code cell as an editor leaves it."""
    return {
        "cell_type": "code",
        "execution_count": 17,
        "id": cell_id,
        "metadata": {"collapsed": True, "tags": ["nbval-ignore-output"]},
        "outputs": list(outputs),
        "source": source,
    }


def printed(text: str) -> dict[str, Any]:
    """Return what a cell printed."""
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def result(text: str) -> dict[str, Any]:
    """Return a cell's last value."""
    data = {"text/plain": [text]}
    return {"output_type": "execute_result", "data": data, "execution_count": 17, "metadata": {}}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook with the metadata that Jupyter writes."""
    info = {"name": "python", "version": "3.11.7", "nbconvert_exporter": "python"}
    kernel = {"name": "my-venv", "display_name": "My venv", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": info}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def save(path: Path, content: dict[str, Any]) -> Path:
    """Write a notebook as an editor does."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_widget_is_not_kept() -> None:
    """What lives in a kernel is gone tomorrow, its random name first of all."""
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "f00"}, "text/plain": "VBox()"}
    shown = {"output_type": "execute_result", "data": view, "metadata": {}, "execution_count": 1}
    clean = tidy(notebook(code("show()", printed("1\n"), shown)), solved=True)
    assert [output["output_type"] for output in clean["cells"][0]["outputs"]] == ["stream"]


def test_only_tags_and_names_are_left_of_the_metadata() -> None:
    """Metadata is tags on cells, kernel and language on the notebook, and no version."""
    clean = tidy(notebook(code("1")), solved=True)
    assert clean["cells"][0]["metadata"] == {"tags": ["nbval-ignore-output"]}
    assert clean["metadata"]["kernelspec"]["name"] == "python3"
    assert clean["metadata"]["language_info"] == {"name": "python"}


def test_a_solved_notebook_is_numbered_and_keeps_its_outputs() -> None:
    """Solved cells are numbered from 1 on, and so are their results."""
    clean = tidy(notebook(code("1", result("1")), code("2", result("2"), cell_id="b")), solved=True)
    assert [c["execution_count"] for c in clean["cells"]] == [1, 2]
    assert [c["outputs"][0]["execution_count"] for c in clean["cells"]] == [1, 2]


def test_a_lab_has_neither_numbers_nor_outputs() -> None:
    """A lab's cells have not run yet."""
    clean = tidy(notebook(code("1", result("1"))), solved=False)
    assert clean["cells"][0]["outputs"] == []
    assert clean["cells"][0]["execution_count"] is None


def test_what_a_stream_wrote_in_pieces_is_one_output() -> None:
    """How a kernel cuts its output does not show in the file."""
    pieces = tidy(notebook(code("1", printed("a\n"), printed("b\n"))), solved=True)
    whole = tidy(notebook(code("1", printed("a\nb\n"))), solved=True)
    assert text_of(pieces) == text_of(whole)


@pytest.mark.parametrize("name", ["a3f09c1e", "1a2b-3c4d", "Upper"])
def test_an_id_that_nobody_can_say_becomes_the_first_words(name: str) -> None:
    """A cell's id is words; a generated one is replaced."""
    clean = tidy(notebook(code("limiter = RateLimiter(redis)", cell_id=name)), solved=True)
    assert clean["cells"][0]["id"] == "limiter-ratelimiter-redis"


def test_ids_are_unique() -> None:
    """Two cells never share an id."""
    clean = tidy(notebook(code("1"), code("2"), code("3")), solved=True)
    assert [c["id"] for c in clean["cells"]] == ["a-cell", "a-cell-2", "a-cell-3"]


def test_the_text_ends_with_a_newline_and_reads_back(tmp_path: Path) -> None:
    """Writing and reading a tidy notebook changes nothing."""
    text = text_of(tidy(notebook(code("a = 1\nb = 2")), solved=False))
    path = tmp_path / "n.ipynb"
    path.write_text(text, encoding="utf-8")
    assert text.endswith("}\n")
    assert text_of(tidy(read(path), solved=False)) == text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("http://127.0.0.1:43127/v1", "a port"),
        ("redis://localhost:6379", "a port"),
        ("/tmp/pytest-1/x", "a temporary path"),
        ("<Window object at 0x7f33a8c0d5b0>", "an object's address"),
    ],
)
def test_an_output_that_is_different_tomorrow_is_a_fault(text: str, what: str) -> None:
    """Ports, temporary paths and addresses have no place in an output."""
    clean = tidy(notebook(code("1", result(text))), solved=True)
    assert faults(clean) == [f"cell a-cell: its output shows {what}"]


def test_a_notebook_of_150_kb_is_a_fault() -> None:
    """A notebook stays under 150 KB."""
    clean = tidy(notebook(code("1", result("x" * 150_000))), solved=True)
    assert faults(clean) == ["150 KB; the limit is 150 KB: use fewer plots"]


def test_check_reports_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --check an untidy notebook is named, left as it is, and the exit is 1."""
    path = save(tmp_path / "n.ipynb", notebook(code("1")))
    before = path.read_bytes()
    assert main(["--check", str(tmp_path)]) == 1
    assert path.read_bytes() == before
    assert f"{path}: run `python -m labs.kit.tidy {path}`" in capsys.readouterr().err


def test_tidying_twice_is_tidying_once(tmp_path: Path) -> None:
    """A tidied notebook passes the check; a folder named solutions keeps outputs."""
    path = save(tmp_path / "solutions" / "n.ipynb", notebook(code("1", result("1"))))
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(path)]) == 0
    assert read(path)["cells"][0]["outputs"]


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 3}', '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Broken files are one line, not a traceback."""
    path = tmp_path / "n.ipynb"
    path.write_text(text, encoding="utf-8")
    assert main([str(path)]) == 1
    assert capsys.readouterr().err.startswith(f"{path}: not a notebook: ")


def test_a_path_that_is_not_there_is_misuse() -> None:
    """A missing path ends with exit code 2."""
    with pytest.raises(SystemExit, match="2"):
        main(["nowhere.ipynb"])
