"""From a notebook's `#| export` cells to the text of a module.

The rule:
1. An export cell's first line is `#| export`. In the first one it also names the module:
   `#| export rate_limit`. That line is left out; the rest of the cell is module text as it stands.
2. Cells are joined in notebook order, as ruff formats a module: by two blank lines where a function
   or a class ends or begins, else by one. The text ends with one newline.
3. The first export cell holds the module's docstring and all its imports.

Such a text compiles, has no open exercise in it, and imports only what a pattern may know.
"""

from __future__ import annotations

import ast
import itertools
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.kit.exercises import HOLE, KitError
from labs.kit.tidy import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from labs.kit.tidy import Cell

ALLOWED = sys.stdlib_module_names | {"numpy", "redis", "sentry_sdk", "opentelemetry"}
DIRECTIVE = re.compile(r"#\| export(?: (\w+))?\n")


class ExportError(KitError):
    """A notebook cannot become a module; one line for each reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Module:
    """A pattern module as a notebook spells it."""

    name: str
    text: str


def module_of(path: Path) -> Module:
    """Join a notebook's export cells. Raises `ExportError` when the text is not to be run."""
    try:
        cells = [c for c in read(path)["cells"] if is_export(c)]
    except (OSError, KeyError, ValueError) as error:
        raise ExportError(f"{path} is not a notebook: {error}") from error
    if not cells:
        raise ExportError(f"{path.name} has no cell that begins with `#| export`")
    name = DIRECTIVE.match(cells[0]["source"])
    if name is None or name[1] is None:
        raise ExportError(f"cell {cells[0]['id']}: name the module: `#| export rate_limit`")
    if reasons := [reason for cell in cells for reason in _reasons(cell)]:
        raise ExportError(*reasons)
    text = join([body_of(cell) for cell in cells])
    try:
        compile(text, name[1], "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ExportError(f"the cells together, line {error.lineno}: {error.msg}") from error
    return Module(name[1], text)


def is_export(cell: Cell) -> bool:
    """Tell whether a cell is part of a module."""
    return cell["cell_type"] == "code" and DIRECTIVE.match(cell["source"] + "\n") is not None


def body_of(cell: Cell) -> str:
    """Return an export cell's module text."""
    return DIRECTIVE.sub("", cell["source"], count=1).strip("\n")


def join(bodies: Sequence[str]) -> str:
    """Join the cells' texts as ruff formats a module; each must hold a statement."""
    text = bodies[0]
    for before, after in itertools.pairwise(bodies):
        stands_apart = _is_definition(before, -1) or _is_definition(after, 0)
        text += ("\n\n\n" if stands_apart else "\n\n") + after
    return text + "\n"


def _reasons(cell: Cell) -> Iterator[str]:
    """Say why a cell must not run in the API."""
    where = f"cell {cell['id']}"
    try:
        tree = ast.parse(cell["source"])
        compile(tree, where, "exec", dont_inherit=True)
    except SyntaxError as error:
        yield f"{where}, line {error.lineno}: {error.msg}"
        return
    if not tree.body:
        yield f"{where} is empty"
    for node in ast.walk(tree):
        for exercise, size in _holes(node):
            yield f"{where}: exercise {exercise} waits: {size}"
        for imported in _imports(node):
            if imported.split(".")[0] not in ALLOWED:
                yield (
                    f"{where}: it imports {imported}; a pattern may import only the standard "
                    "library, numpy, redis, sentry_sdk and opentelemetry"
                )


def _holes(node: ast.AST) -> list[tuple[str, str]]:
    """Return exercise and size of the hole that a node is, in Python or in Lua."""
    match node:
        case ast.Call(func=ast.Name(id="Todo"), args=[ast.Constant(n), ast.Constant(size), *_]):
            return [(str(n), str(size))]
        case ast.Constant(value=str(text)):
            return HOLE.findall(text)
    return []


def _imports(node: ast.AST) -> list[str]:
    """Return the modules that a node imports."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, level=level):
            return ["." * level + (module or "")]
    return []


def _is_definition(text: str, index: int) -> bool:
    """Tell whether the first (0) or last (-1) statement of a text is a function or a class."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return isinstance(ast.parse(text).body[index], kinds)
