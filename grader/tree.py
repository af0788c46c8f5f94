"""What a check of the files works with: the copy, and the sandbox for tools that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.check import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.sandbox import Sandbox

MAX_FILE_BYTES = 1024 * 1024


class Tree(Scene):
    """The files of one submission; nothing in them is ever imported."""

    def __init__(self, name: str, seed: int, sandbox: Sandbox) -> None:
        super().__init__(name, seed)
        self.sandbox = sandbox

    @property
    def project(self) -> Path:
        """The folder of the service."""
        return self.sandbox.folder / "project"

    def python(self) -> list[Path]:
        """Return the service's Python files."""
        return sorted(self.project.rglob("*.py"))

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield path and text of each of the service's files, and of those at the top."""
        top = (entry for entry in self.sandbox.folder.iterdir() if entry.is_file())
        below = (entry for entry in self.project.rglob("*") if entry.is_file())
        for path in (*sorted(top), *sorted(below)):
            yield str(path.relative_to(self.sandbox.folder)), self.read(path)

    def read(self, path: Path) -> str:
        """Return the first megabyte of a file as text; empty where there is no such file."""
        try:
            with path.open("rb") as file:
                return file.read(MAX_FILE_BYTES).decode(errors="replace")
        except FileNotFoundError:
            return ""
