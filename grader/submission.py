"""Take a copy of a submission: a folder, or a zip of one; what is handed in is never run in place.

Only regular files are taken. Whatever a submission contains, a copy costs bounded time and space,
and nothing is written outside of it: what cannot be taken is the submission's fault, with a reason.
"""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILES = 20_000
MAX_BYTES = 200 * 1024 * 1024
MAIN = Path("project") / "main.py"
# Nobody hands these in on purpose.
LEFT_OUT = {
    ".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".ipynb_checkpoints", ".student",
}  # fmt: skip


class Misused(Exception):
    """The path is no submission at all; the text says what to give instead."""


class _Unfit(Exception):
    """A submission that cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A copy, and what already speaks against starting it (None: nothing)."""

    name: str
    folder: Path
    fault: str | None = None


def take(path: Path, into: Path) -> Submission:
    """Copy a submission into an empty folder; raises `Misused` where there is none."""
    if not path.exists():
        raise Misused(f"{path}: no such file or folder")
    if not (path.is_dir() or zipfile.is_zipfile(path)):
        raise Misused(f"{path}: neither a folder nor a zip")
    name = path.resolve().name
    try:
        if path.is_dir():
            _copy_folder(path, into)
        else:
            _unpack(path, into)
    except _Unfit as reason:
        return Submission(name, into, str(reason))
    folder = _root(into)
    return Submission(name, folder, _fault(folder))


def _root(folder: Path) -> Path:
    """Step into the one folder that a zip of a repository has at its top."""
    inside = list(folder.iterdir())
    if len(inside) == 1 and (inside[0] / "project").is_dir():
        return inside[0]
    return folder


def _fault(folder: Path) -> str | None:
    if (folder / MAIN).is_file():
        return None
    found = sorted(entry.name for entry in folder.iterdir())[:8]
    missing = "project/main.py" if (folder / "project").is_dir() else "project/"
    return f"no {missing} in it; at the top it has {', '.join(found) or 'nothing'}"


def _copy_folder(path: Path, into: Path) -> None:
    files = size = 0
    for source in _files(path):
        files, size = files + 1, size + source.lstat().st_size
        _bound(files, size)
        target = into / source.relative_to(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, target, follow_symlinks=False)
        except OSError as error:
            raise _Unfit(f"{source.relative_to(path)} cannot be read: {error.strerror}") from None


def _files(path: Path) -> Iterator[Path]:
    """Yield the regular files below a folder, links not followed, virtual environments left out."""
    for folder, folders, names in os.walk(path):
        here = Path(folder)
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(names):
            if stat.S_ISREG((here / name).lstat().st_mode):
                yield here / name


def _unpack(path: Path, into: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if _wanted(entry)]
            _bound(len(entries), sum(entry.file_size for entry in entries))
            for entry in entries:
                _extract(archive, entry, into)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _Unfit(f"the zip cannot be unpacked: {error}") from None


def _wanted(entry: zipfile.ZipInfo) -> bool:
    """Refuse a path that leads out; leave out folders, links and what nobody hands in."""
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise _Unfit(f"the zip leads out of its folder: {entry.filename[:80]!r}")
    mode = entry.external_attr >> 16
    plain = not stat.S_IFMT(mode) or stat.S_ISREG(mode)
    return plain and not entry.is_dir() and not LEFT_OUT & set(name.parts)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path) -> None:
    """Write one file, no longer than its header says: that is what was bounded."""
    target = into / PurePosixPath(entry.filename.replace("\\", "/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as packed, target.open("wb") as file:
        while chunk := packed.read(min(left, 2**20)):
            file.write(chunk)
            left -= len(chunk)


def _bound(files: int, size: int) -> None:
    if files > MAX_FILES:
        raise _Unfit(f"more than {MAX_FILES} files")
    if size > MAX_BYTES:
        raise _Unfit(f"larger than {MAX_BYTES // 2**20} MB")
