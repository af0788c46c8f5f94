"""Write the module that a notebook's `#| export` cells spell into the student's API.

    python -m labs.kit.export labs/01_rate_limiting.ipynb            # into .student/project
    python -m labs.kit.export labs/01_rate_limiting.ipynb --check    # compare with the reference
    folder = export.notebook("01_rate_limiting.ipynb")               # the same, in a notebook

`labs/kit/module.py` says how cells become a module. `.student/project` is copied from `project/`
when it is first needed.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from labs.kit.exercises import HOLE
from labs.kit.module import ExportError, module_of

if TYPE_CHECKING:
    from labs.kit.module import Module

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "project"
STUDENT = ROOT / ".student" / "project"


def notebook(path: str | Path, to: str | Path | None = None) -> Path:
    """Write a notebook's module into the student's API; return the folder of the API that has it.

    The path is looked up from here, then in `labs/`. Only a notebook of `labs/` goes to
    `.student/project` by itself: running the solved one never overwrites a student's work.
    The reference, which has the solved module already, is then what is returned.
    """
    source = Path(path) if Path(path).exists() else ROOT / "labs" / path
    module = _saved(source)
    lines = module.text.count("\n")
    print(f"{source.name}: {lines} lines of {module.name}.py, nothing open")  # noqa: T201
    if to is None and source.resolve().parent != ROOT / "labs":
        print("written nowhere: this is not a notebook of labs/")  # noqa: T201 - a command prints
        return REFERENCE
    api = Path(to) if to else STUDENT
    written = _write(module, api)
    hint = "next: ask the API that `make labs` serves; it restarts with your module"
    print(f"wrote {_short(written)}\n{hint}")  # noqa: T201 - a command prints
    return api


def difference(module: Module) -> str:
    """Return the unified diff from the reference module to this one; empty when they are equal."""
    reference = REFERENCE / "patterns" / f"{module.name}.py"
    if not reference.exists():
        raise ExportError(f"there is no project/patterns/{module.name}.py to compare with")
    lines = difflib.unified_diff(
        reference.read_text(encoding="utf-8").splitlines(keepends=True),
        module.text.splitlines(keepends=True),
        fromfile=_short(reference),
        tofile=f"{module.name}.py, from the notebook",
    )
    return "".join(lines)


def _saved(path: Path) -> Module:
    """Read the module of a notebook; whoever has just filled a hole may have forgotten to save."""
    try:
        return module_of(path)
    except ExportError as error:
        if HOLE.search(str(error)):
            raise ExportError(*error.reasons, "filled already? save the notebook first") from None
        raise


def _write(module: Module, api: Path) -> Path:
    """Put a module into an API, which is copied from `project/` when it is not there."""
    student_api(api)
    if not (api / "patterns").is_dir():
        raise ExportError(f"{_short(api)} is no copy of the API: it has no folder `patterns`")
    target = api / "patterns" / f"{module.name}.py"
    fresh = target.with_suffix(".py.new")
    fresh.write_text(module.text, encoding="utf-8")
    fresh.replace(target)
    return target


def student_api(api: Path = STUDENT) -> None:
    """Copy `project/` where there is none yet; another process sees all of it or nothing."""
    if api.exists():
        return
    api.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=api.parent, prefix=".") as scratch:
        copy = Path(scratch) / "project"
        shutil.copytree(REFERENCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        copy.rename(api)


def _short(path: Path) -> str:
    """Return a path as seen from the repository."""
    full = path.resolve()
    return str(full.relative_to(ROOT)) if full.is_relative_to(ROOT) else str(path)


def main(arguments: list[str] | None = None) -> int:
    """Export or compare one notebook; 0 fine, 1 refused or different, 2 misused."""
    parser = argparse.ArgumentParser(
        prog="python -m labs.kit.export",
        description="Write a notebook's `#| export` cells into the student's API.",
        epilog="example: python -m labs.kit.export labs/01_rate_limiting.ipynb",
    )
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--to", type=Path, metavar="DIR", help="the API (.student/project)")
    parser.add_argument("--check", action="store_true", help="only compare with project/patterns")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            notebook(options.notebook, options.to)
            return 0
        found = difference(module_of(options.notebook))
    except ExportError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command prints
        return 1
    print(found, end="")  # noqa: T201 - a command prints
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
