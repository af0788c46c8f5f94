"""Make the labs: the solved notebooks with holes in them.

    python -m solutions.release             # write labs/*.ipynb
    python -m solutions.release --check     # exit 1 when a lab is not what its solution makes

Exported cells are production text and carry no marks, so that the holes are a table here. In Python
a hole is the body of a function: signature and docstring stay, the rest becomes `raise Todo(...)`.
In Lua it is a run of lines of a string constant, which become a starter text and an `error`.
From the first hole on, code cells carry the tag `raises-exception`: JupyterLab, nbclient and nbval
then run on below a cell that an open exercise stops.
"""

from __future__ import annotations

import argparse
import ast
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labs.kit.tidy import read, text_of, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labs.kit.tidy import Notebook

SOLUTIONS = Path(__file__).resolve().parent
LABS = SOLUTIONS.parent / "labs"


class ReleaseError(Exception):
    """The table of holes and a solved notebook do not fit together."""


@dataclass(frozen=True, slots=True)
class Body:
    """A hole that is the body of a function; `name` is `function` or `Class.method`."""

    exercise: int
    name: str

    def cut(self, lines: list[str], found: ast.stmt) -> list[str]:
        """Replace what stands below the docstring by `raise Todo`."""
        if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            raise ReleaseError(f"exercise {self.exercise}: {self.name} is no function")
        if ast.get_docstring(found) is None:
            raise ReleaseError(f"exercise {self.exercise}: {self.name} has no docstring")
        start, end = found.body[0].end_lineno or 0, found.end_lineno or 0
        indent = " " * found.body[0].col_offset
        todo = f'{indent}raise Todo({self.exercise}, "{_size(end - start)}")'
        return [*lines[:start], todo, *lines[end:]]


@dataclass(frozen=True, slots=True)
class Script:
    """A hole in the Lua of a constant: from the line `first` to the line `last`, inclusive."""

    exercise: int
    name: str
    first: str
    last: str
    starter: str

    def cut(self, lines: list[str], found: ast.stmt) -> list[str]:
        """Replace the lines by the starter text and an `error` that names the exercise."""
        text = range(found.lineno - 1, found.end_lineno or 0)
        starts = [n for n in text if lines[n] == self.first]
        ends = [n for n in text if lines[n] == self.last and starts and n >= starts[0]]
        if not ends:
            raise ReleaseError(f"exercise {self.exercise}: its lines are not in {self.name}")
        start, end = starts[0], ends[0] + 1
        indent = self.first[: -len(self.first.lstrip())]
        error = f"{indent}error('exercise {self.exercise} waits: {_size(end - start)}')"
        return [*lines[:start], self.starter, error, *lines[end:]]


Hole = Body | Script

HOLES: Mapping[str, Sequence[Hole]] = {
    "01_rate_limiting.ipynb": (
        Body(1, "SlidingLog.admit"),
        Script(
            2,
            "LOG",
            first="redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now - span)",
            last="return 0",
            starter="-- forget what is too old; 1: it is full; 0: the call is noted, the key ends",
        ),
        Script(
            3,
            "LOGS",
            first="for w = 3, #ARGV, 2 do",
            last="return 0",
            starter="-- ask every window; only then forget, note and let the key end",
        ),
        Script(
            4,
            "_ASK",
            first="  if weighted then",
            last="  if excess > 0 then free_at = math.huge end",
            starter="  local free_at = now  -- count into `used`; when have the oldest made room?",
        ),
        Body(5, "refused_by"),
        Script(
            6,
            "_SETTLE",
            first="local log, ms = redis.call('GET', KEYS[1]) or '', tonumber(ARGV[1])",
            last="return 1",
            starter="-- find the entry at its place, rewrite its tokens; 1, or 0 if it has left",
        ),
        Body(7, "Decision.headers"),
        Body(8, "chat"),
        Body(9, "admit_or"),
    ),
}


def release(notebook: Notebook, holes: Sequence[Hole]) -> Notebook:
    """Return a lab: the solved notebook with every hole cut, no outputs, and its tags."""
    lab = tidy(notebook, solved=False)
    code = [cell for cell in lab["cells"] if cell["cell_type"] == "code"]
    first = len(code)
    for hole in holes:
        position, found = _locate([cell["source"] for cell in code], hole)
        lines = code[position]["source"].split("\n")
        code[position]["source"] = "\n".join(hole.cut(lines, found))
        first = min(first, position)
    for cell in code[first:]:
        tags = {*cell["metadata"].get("tags", []), "raises-exception"}
        cell["metadata"]["tags"] = sorted(tags)
    return lab


def _locate(sources: list[str], hole: Hole) -> tuple[int, ast.stmt]:
    """Return the cell, and in it the statement, that defines a hole's name."""
    for position, source in enumerate(sources):
        found = _find(ast.parse(source).body, hole.name.split("."))
        if found is not None:
            return position, found
    raise ReleaseError(f"exercise {hole.exercise}: no cell defines {hole.name}")


def _find(body: list[ast.stmt], path: list[str]) -> ast.stmt | None:
    """Return the statement that defines a dotted name."""
    for statement in body:
        match statement:
            case ast.ClassDef(name=name) if name == path[0] and path[1:]:
                return _find(statement.body, path[1:])
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if [name] == path:
                return statement
            case ast.Assign(targets=[ast.Name(id=name)]) if [name] == path:
                return statement
    return None


def _size(lines: int) -> str:
    return f"about {lines} line{'s' if lines > 1 else ''}"


def _publish(name: str, *, check: bool) -> bool:
    """Write one lab, or only compare; return whether it is now what its solution makes."""
    text = text_of(release(read(SOLUTIONS / name), HOLES[name]))
    lab = LABS / name
    if check:
        return lab.exists() and lab.read_text(encoding="utf-8") == text
    lab.write_text(text, encoding="utf-8")
    print(f"wrote labs/{name}, {len(HOLES[name])} exercises")  # noqa: T201 - a command prints
    return True


def main(arguments: list[str] | None = None) -> int:
    """Write or compare every lab; 0 fine, 1 a lab differs or cannot be made, 2 misused."""
    parser = argparse.ArgumentParser(
        prog="python -m solutions.release",
        description="Make the labs: the solved notebooks with holes in them.",
        epilog="example: python -m solutions.release --check",
    )
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args(arguments).check
    try:
        wrong = [
            f"labs/{name} differs from its solution: run `python -m solutions.release`"
            for name in HOLES
            if not _publish(name, check=check)
        ]
    except ReleaseError as error:
        wrong = [str(error)]
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201 - a command prints
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
