"""Who may import whom: islands are joined by a file and a URL, never by an import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "project": {"project"},
    "world": {"world"},
    "labs": {"labs", "world"},
    "solutions": {"solutions", "labs", "world"},
    "grader": {"grader", "world"},
}
PATTERN_LIBRARIES = {"numpy", "redis", "sentry_sdk", "opentelemetry"}
LOCAL_WORDS = ("if local", "if testing", "if mock")


def imported(source: str) -> set[str]:
    """Return the top-level packages that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0] if not node.level else "relative")
    return names


def forbidden(island: str, source: str) -> set[str]:
    """Return what a module of an island imports of the repository and must not."""
    return (imported(source) & (MAY_IMPORT.keys() | {"tests", "relative"})) - MAY_IMPORT[island]


def modules(folder: str) -> list[Path]:
    """Return the Python files below a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("island", MAY_IMPORT)
def test_islands_do_not_import_each_other(island: str) -> None:
    """`project` imports only itself, `world` only itself, and so on."""
    found = {str(p): forbidden(island, p.read_text(encoding="utf-8")) for p in modules(island)}
    assert modules(island)
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "import grader.rubric",
        "from project import settings",
        "def f():\n    import solutions",
        "if True:\n    from tests.doubles import X",
        "from . import faults",
    ],
)
def test_a_planted_import_is_found(planted: str) -> None:
    """The rule above sees an import in every spelling and at every depth."""
    assert forbidden("world", planted)


def test_patterns_import_nothing_of_this_repository() -> None:
    """A pattern module can be carried away: libraries and itself, no more."""
    for path in (ROOT / "project" / "patterns").glob("*.py"):
        assert not imported(path.read_text(encoding="utf-8")) & {"project", "relative"}


def test_patterns_fit_into_a_lab() -> None:
    """A pattern is what a lab can build and explain: at most 250 lines."""
    sizes = {p.name: len(p.read_text().splitlines()) for p in modules("project/patterns")}
    assert {name: size for name, size in sizes.items() if size > 250} == {}


def test_the_api_does_not_know_where_it_runs() -> None:
    """There is no `if local` in `project/`: the boundary is a URL."""
    for path in modules("project"):
        assert not any(word in path.read_text(encoding="utf-8") for word in LOCAL_WORDS)
