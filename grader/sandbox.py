"""Run a submission's programs apart from the grader: isolation level 0, which works everywhere.

A program gets its own session, an environment of nothing but what it needs, a temporary home, a
closed standard input, bounded output, bounded memory and bounded time, and the libraries of this
interpreter without this repository: `project` is importable from the copy and from nowhere else.
When the block ends, it and all it started are killed. Files and the network are not defended.

    with Sandbox(copy, scratch).start([sys.executable, "-S", "-m", "uvicorn", ...], {}) as program:
        program.ended()  ->  None while it runs, else why it does not
"""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from typing import TYPE_CHECKING

from grader.program import Bounds, Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LEVEL_WORDS = (
    "level 0: own process group, clean environment, bounded output, memory and time;"
    " files and network are not defended"
)
# What this repository installs; a submission brings its own.
OWN = {"grader", "labs", "project", "solutions", "world"}
PYTHON = (sys.executable, "-S")  # without site: a .pth would lead back to this repository


class Sandbox:
    """Where one submission's programs run: `folder` is its copy, `scratch` its temporary home."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self._home = scratch / "home"
        self._libraries = scratch / "libraries"
        self._home.mkdir()
        _link_libraries(self._libraries)

    @contextlib.contextmanager
    def start(
        self,
        command: Sequence[str],
        variables: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
    ) -> Iterator[Program]:
        """Start a program in the copy; it and all it started are gone when the block ends."""
        environment = {**self._environment(), **(variables or {})}
        program = Program.start(command, self.folder, environment, bounds or Bounds())
        try:
            yield program
        finally:
            program.kill()

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self._home),
            "TMPDIR": str(self._home),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(self._libraries),
            "PYTHONUNBUFFERED": "1",
        }


def _link_libraries(folder: Path) -> None:
    """Fill a folder with links to the installed libraries, this repository's packages left out."""
    folder.mkdir()
    for place in dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")):
        for entry in os.scandir(place):
            hidden = entry.name in OWN or entry.name.endswith(".pth")
            if not hidden and not (folder / entry.name).is_symlink():
                (folder / entry.name).symlink_to(entry.path)
