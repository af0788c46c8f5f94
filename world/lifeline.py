"""A pipe into a process that must not outlive this one.

The kernel closes the pipe when this process ends, however it ends, SIGKILL included; the process at
the other end reads until the end of the file, and then cleans up:

    lifeline, reader = Lifeline.open()
    process = subprocess.Popen(["sh", "-c", "cat; rm -rf /tmp/mine"], stdin=reader)
    os.close(reader)
"""

from __future__ import annotations

import contextlib
import functools
import os
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a process is called that only waits at a lifeline. Not "world": it must outlive a
# `pkill -f world` long enough to clean up.
GUARD_NAME = "lifeline-guard"

_open: weakref.WeakSet[Lifeline] = weakref.WeakSet()


class Lifeline:
    """The writing end; a bare descriptor, because a forked child must be able to close its copy."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    @contextlib.contextmanager
    def open(cls) -> Iterator[tuple[Lifeline, int]]:
        """Yield the lifeline and the reading end, which is closed here once a child has it."""
        _close_copies_in_forks()
        reader, writer = os.pipe()
        lifeline = cls(writer)
        _open.add(lifeline)
        try:
            yield lifeline, reader
        finally:
            os.close(reader)

    def tell(self, line: str) -> None:
        """Send one line; a reader that is gone needs no news."""
        with contextlib.suppress(OSError):
            os.write(self._descriptor, f"{line}\n".encode())

    def cut(self) -> None:
        """Let the other end see the end of the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


@functools.cache
def _close_copies_in_forks() -> None:
    """Keep a fork of this process (multiprocessing) from holding our lifelines open after us."""

    def close_copies() -> None:
        for lifeline in _open:
            lifeline.cut()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=close_copies)
