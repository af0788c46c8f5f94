"""A program that is watched: what it printed, why it ended, and that nothing of it is left.

A guard, a line of shell at the end of a pipe, kills its process group when the grader itself dies,
SIGKILL included.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from world.lifeline import Lifeline
from world.processes import end, new_mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Self

_POLL_SECONDS = 0.25
_TAIL_BYTES = 8_192

# Reads the process group to kill (0: it is gone); at the end of the file it does.
_GUARD = """
while read -r group; do last=$group; done
[ "${last:-0}" -gt 0 ] && kill -9 "-$last"
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a program and all it starts may take."""

    seconds: float = 600.0
    memory_bytes: int = 2 * 1024**3
    output_bytes: int = 256 * 1024


class Program:
    """A running program, watched: what it printed, and why it ended."""

    def __init__(
        self, process: subprocess.Popen[bytes], pipe: int, mark: str, bounds: Bounds
    ) -> None:
        self._process, self._pipe, self._mark, self._bounds = process, pipe, mark, bounds
        self._guard = _Guard(process.pid)
        self._until = time.monotonic() + bounds.seconds
        self._reason: str | None = None
        self._head, self._tail = bytearray(), b""
        self._leaving = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._reader.start()
        self._watcher.start()

    @classmethod
    def start(
        cls, command: Sequence[str], folder: Path, environment: Mapping[str, str], bounds: Bounds
    ) -> Self:
        """Start a program in a folder, with this environment and no other."""
        mark = new_mark()
        pipe, their_end = os.pipe()
        with open(their_end, "wb") as output:  # noqa: PTH123 - a descriptor is no path
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env={**environment, mark: "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(process, pipe, mark, bounds)

    @property
    def output(self) -> str:
        """What it printed first, as far as it is kept."""
        return self._head.decode(errors="replace")

    def last_words(self, *, but_not: str = "\0") -> str:
        """Return the last line that it printed, besides those that begin with `but_not`."""
        lines = [line.strip() for line in self._tail.decode(errors="replace").splitlines()]
        said = (line for line in reversed(lines) if line and not line.startswith(but_not))
        return next(said, "it said nothing")

    def ended(self) -> str | None:
        """Say why it no longer runs; None while it does."""
        if self._reason:
            return self._reason
        return None if _runs(self._process.pid) else "it ended by itself"

    def wait(self) -> int | None:
        """Wait until it has ended or been ended; return its exit code, None if it was killed."""
        while self.ended() is None:
            time.sleep(_POLL_SECONDS / 25)
        self.kill()
        return None if self._reason else self._process.returncode

    def kill(self) -> None:
        """End it and everything that it started; once is enough."""
        if self._leaving.is_set():
            return
        self._leaving.set()
        self._watcher.join()
        self._kill_all()
        self._guard.dismiss()
        self._process.wait()
        self._reader.join(timeout=1.0)

    def _read(self) -> None:
        """Read to the end: a program that prints too much is not held up, only not listened to."""
        while chunk := os.read(self._pipe, 65_536):
            room = self._bounds.output_bytes - len(self._head)
            self._head += chunk[: max(0, room)]
            self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
        os.close(self._pipe)

    def _watch(self) -> None:
        while not self._leaving.wait(_POLL_SECONDS):
            used = _memory(self._process.pid)
            if used > self._bounds.memory_bytes:
                self._reason = f"it used more than {self._bounds.memory_bytes // 2**20} MB"
            elif time.monotonic() > self._until:
                self._reason = f"it ran longer than {self._bounds.seconds:g} s"
            if self._reason:
                self._kill_all()
                return

    def _kill_all(self) -> None:
        # The program is reaped in `kill` alone: until then its id can be nobody else's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        end(self._mark, self._process.pid, grace_seconds=0)


class _Guard:
    """Kills a process group when this process dies before it has dismissed its guard."""

    def __init__(self, group: int) -> None:
        with Lifeline.open() as (self._lifeline, reader):
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD],
                stdin=reader,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in our terminal is not for the guard
            )
        self._lifeline.tell(str(group))

    def dismiss(self) -> None:
        """Let it go: the group is gone, and its number may soon be another's."""
        self._lifeline.tell("0")
        self._lifeline.cut()
        self._process.wait()


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _memory(pid: int) -> int:
    """Return what a process and its descendants hold in memory, in bytes."""
    total = 0
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total
