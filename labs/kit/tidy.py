"""Keep notebooks small, diffable and the same on every machine.

    python -m labs.kit.tidy labs solutions             # rewrite them
    python -m labs.kit.tidy --check labs solutions     # exit 1 and say what is untidy

A tidy notebook has no metadata but tags and the names of kernel and language, cell ids that a human
can say, and one JSON form. In a folder named `solutions` cells are numbered and keep their outputs;
everywhere else they have neither. A widget lives in its kernel and is not kept. What no tool can
repair is reported: a notebook of 150 KB, and outputs that are different tomorrow (ports, temporary
paths, object addresses).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]

MAX_BYTES = 150_000
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Words and short numbers: `sliding-log`, `exercise-1`; never `a3f09c1e`.
HUMAN_ID = re.compile(r"(?:[a-z]+|\d{1,2})(?:-(?:[a-z]+|\d{1,2}))*")
FLEETING = {
    "a port": re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):\d+"),
    "a temporary path": re.compile(r"/(?:tmp|var/folders)/"),
    "an object's address": re.compile(r"\b0x[0-9a-f]{6,}"),
}
WIDGET = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> Notebook:
    """Read a notebook, each cell's source as one string. Raises `ValueError` when it is none."""
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise ValueError("it is not of notebook format 4")
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["source"] = "".join(cell["source"])
        cell.setdefault("id", f"cell-{number}")  # some editors write none
    return notebook


def text_of(notebook: Notebook) -> str:
    """Return the one JSON form of a notebook."""
    lines = [{**cell, "source": cell["source"].splitlines(True)} for cell in notebook["cells"]]
    tidied = {**notebook, "cells": lines}
    return json.dumps(tidied, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def tidy(notebook: Notebook, *, solved: bool) -> Notebook:
    """Return a tidy copy: with numbers and outputs when `solved`, else with neither."""
    cells: list[Cell] = []
    count = 0
    for cell in notebook["cells"]:
        clean: Cell = {
            "cell_type": cell["cell_type"],
            "id": _human_id(cell, {c["id"] for c in cells}),
            "metadata": {"tags": tags} if (tags := cell["metadata"].get("tags")) else {},
            "source": cell["source"].strip("\n"),
        }
        if cell["cell_type"] == "code":
            count += 1
            clean["execution_count"] = count if solved else None
            clean["outputs"] = _outputs(cell["outputs"], count) if solved else []
        cells.append(clean)
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def faults(notebook: Notebook) -> list[str]:
    """Name what no tool can repair."""
    found = [
        f"cell {cell['id']}: its output shows {what}"
        for cell in notebook["cells"]
        for what, pattern in FLEETING.items()
        if any(pattern.search(text) for text in map(_readable, cell.get("outputs", [])))
    ]
    size = len(text_of(notebook).encode())
    if size >= MAX_BYTES:
        found.append(f"{size // 1000} KB; the limit is {MAX_BYTES // 1000} KB: use fewer plots")
    return found


def _human_id(cell: Cell, taken: set[str]) -> str:
    """Return a cell's own id if a human can say it, else its first words."""
    name = cell["id"]
    if not HUMAN_ID.fullmatch(name):
        words = re.findall(r"[a-z]+", cell["source"].lower())
        name = "-".join(words[:4]) or "empty"
    candidates = (f"{name}-{n}" if n > 1 else name for n in range(1, len(taken) + 2))
    return next(each for each in candidates if each not in taken)


def _outputs(outputs: list[Cell], count: int) -> list[Cell]:
    """Give outputs their cell's number, join what one stream wrote in pieces, leave widgets out."""
    clean: list[Cell] = []
    for output in (each for each in outputs if WIDGET not in each.get("data", {})):
        each = dict(output)
        if each["output_type"] == "stream":
            each["text"] = "".join(each["text"])
            if clean and clean[-1].get("name") == each["name"]:
                clean[-1]["text"] += each["text"]
                continue
        if "execution_count" in each:
            each["execution_count"] = count
        clean.append(each)
    for each in clean:
        if each["output_type"] == "stream":
            each["text"] = each["text"].splitlines(True)
    return clean


def _readable(output: Cell) -> str:
    """Return an output's text, without its pictures."""
    parts = [v for k, v in output.get("data", {}).items() if k.startswith("text/")]
    parts += [output.get("text", ""), output.get("traceback", "")]
    return "\n".join("".join(part) for part in parts)


def _untidy(path: Path, *, check: bool) -> list[str]:
    """Rewrite one notebook, or only compare; return what is wrong with it afterwards."""
    try:
        clean = tidy(read(path), solved=path.resolve().parent.name == "solutions")
    except (KeyError, ValueError) as error:
        return [f"not a notebook: {error}"]
    wrong = faults(clean)
    if path.read_text(encoding="utf-8") != text_of(clean):
        if check:
            return [f"run `python -m labs.kit.tidy {path}`", *wrong]
        path.write_text(text_of(clean), encoding="utf-8")
        print(f"{path}: tidied")  # noqa: T201 - a command prints
    return wrong


def _notebooks(paths: list[Path]) -> list[Path]:
    """Return the notebooks among and below the paths."""
    found = [each for path in paths for each in ([path] if path.is_file() else path.rglob("*"))]
    return sorted(f for f in found if f.suffix == ".ipynb" and ".ipynb_checkpoints" not in f.parts)


def main(arguments: list[str] | None = None) -> int:
    """Tidy or check notebooks; 0 fine, 1 something is wrong, 2 misused."""
    parser = argparse.ArgumentParser(
        prog="python -m labs.kit.tidy",
        description="Keep notebooks small, diffable and the same on every machine.",
        epilog="example: python -m labs.kit.tidy --check labs solutions",
    )
    parser.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of notebooks")
    parser.add_argument("--check", action="store_true", help="change nothing, only report")
    options = parser.parse_args(arguments)
    if missing := [str(path) for path in options.paths if not path.exists()]:
        parser.error(f"not found: {', '.join(missing)}")
    wrong = [
        f"{path}: {each}"
        for path in _notebooks(options.paths)
        for each in _untidy(path, check=options.check)
    ]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
