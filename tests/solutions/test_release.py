"""A lab is its solved notebook with holes."""

from __future__ import annotations

from typing import Any

import pytest

from solutions.release import HOLES, LABS, Body, Hole, ReleaseError, Script, main, release

METHOD = '''
class Log:
    limit = 10

    def admit(self, now: float) -> bool:
        """Admit
        or refuse.
        """
        # the reason
        if now:
            return True

        return False

    def after(self) -> None: ...
'''
LUA = '#| export\nSCRIPT = """\nlocal a = 1\n  if a then\n    a = 2\n  end\nreturn a\n"""'
ASYNC = 'async def ask() -> str:\n    """Ask."""\n    return "yes"'


def solved(*sources: str) -> dict[str, Any]:
    """Return a solved notebook of code cells, after a heading."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "heading", "metadata": {}, "source": "# Lab"}
    ]
    for number, source in enumerate(sources):
        result = {"output_type": "stream", "name": "stdout", "text": "1\n"}
        cells.append(
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {"tags": ["a-tag"]},
                "source": source.strip("\n"),
                "outputs": [result],
                "execution_count": number + 1,
            }
        )
    return {"cells": cells}


def sources(notebook: dict[str, Any]) -> list[str]:
    """Return the code of a notebook."""
    return [cell["source"] for cell in notebook["cells"][1:]]


SCRIPT = Script(2, "SCRIPT", first="  if a then", last="  end", starter="  -- set `a`")


def test_the_body_of_a_method_becomes_a_hole() -> None:
    """Signature and docstring stay, what stands around stays, the size is counted."""
    (lab,) = sources(release(solved(METHOD), [Body(1, "Log.admit")]))
    hole = '        raise Todo(1, "about 5 lines")'
    before, after = METHOD.split("        # the reason")
    assert lab == (before + hole + after.split("return False", 1)[1]).strip("\n")


def test_an_async_function_can_be_a_hole() -> None:
    """One line is one line."""
    (lab,) = sources(release(solved(ASYNC), [Body(1, "ask")]))
    assert lab == 'async def ask() -> str:\n    """Ask."""\n    raise Todo(1, "about 1 line")'


def test_lines_of_a_script_become_a_starter_and_an_error() -> None:
    """A hole in Lua says the same sentence as a hole in Python."""
    (lab,) = sources(release(solved(LUA), [SCRIPT]))
    middle = "  -- set `a`\n  error('exercise 2 waits: about 3 lines')\n"
    assert lab == f'#| export\nSCRIPT = """\nlocal a = 1\n{middle}return a\n"""'


def test_cells_from_the_first_hole_on_may_raise() -> None:
    """Tags are added from the first hole on, in notebook order."""
    lab = release(solved("1", ASYNC, LUA, "2"), [SCRIPT, Body(1, "ask")])
    tags = [cell["metadata"]["tags"] for cell in lab["cells"][1:]]
    assert tags == [["a-tag"]] + [["a-tag", "raises-exception"]] * 3


def test_a_lab_has_not_run() -> None:
    """A lab shows no outputs."""
    lab = release(solved("1"), [])
    assert lab["cells"][1]["outputs"] == []
    assert lab["cells"][1]["execution_count"] is None


def test_the_solved_notebook_stays_as_it_was() -> None:
    """Making a lab does not touch its solution."""
    book = solved(METHOD)
    release(book, [Body(1, "Log.admit")])
    assert book == solved(METHOD)


@pytest.mark.parametrize(
    ("hole", "reason"),
    [
        (Body(1, "Log.gone"), "exercise 1: no cell defines Log.gone"),
        (Body(1, "Log.after"), "exercise 1: Log.after has no docstring"),
        (Body(1, "SCRIPT"), "exercise 1: SCRIPT is no function"),
        (Script(2, "SCRIPT", "gone", "  end", ""), "exercise 2: its lines are not in SCRIPT"),
        (Script(2, "SCRIPT", "  if a then", "gone", ""), "exercise 2: its lines are not in SCRIPT"),
    ],
    ids=["no name", "no docstring", "no function", "no first line", "no last line"],
)
def test_a_hole_that_fits_nowhere_is_an_error(hole: Hole, reason: str) -> None:
    """The table and the notebook must agree."""
    with pytest.raises(ReleaseError, match=reason):
        release(solved(METHOD, LUA), [hole])


def test_every_lab_is_what_its_solution_makes(capsys: pytest.CaptureFixture[str]) -> None:
    """The committed labs are generated, never edited."""
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_a_changed_lab_is_named(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One planted character fails the comparison; writing repairs it."""
    monkeypatch.setattr("solutions.release.LABS", tmp_path)
    name = next(iter(HOLES))
    text = (LABS / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text.replace("You build", "You built", 1), encoding="utf-8")
    assert main(["--check"]) == 1
    assert capsys.readouterr().err.startswith(f"labs/{name} differs from its solution")
    assert main([]) == 0
    assert (tmp_path / name).read_text(encoding="utf-8") == text


def test_a_table_that_does_not_fit_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command names the exercise, without a traceback."""
    name = next(iter(HOLES))
    monkeypatch.setattr("solutions.release.HOLES", {name: [Body(9, "gone")]})
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == "exercise 9: no cell defines gone\n"
