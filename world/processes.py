"""End everything that one command started, also what it left behind.

A process belongs to a command if it descends from it, or if it carries the command's mark in its
environment: a daemon that was adopted by init has lost its parents, not its environment. Guards are
left out: they end by themselves, after they have cleaned up behind whoever was killed.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress

import psutil

from world.lifeline import GUARD_NAME

MARK_PREFIX = "WORLD_COMMAND_"
_KILL_SECONDS = 1.0
_POLL_SECONDS = 0.01


def new_mark() -> str:
    """Return the name of an environment variable that no other command carries."""
    return MARK_PREFIX + secrets.token_hex(8)


def members(mark: str, pid: int | None = None) -> set[psutil.Process]:
    """Return the live processes that carry `mark`, or that are or descend from process `pid`."""
    found = _descendants(pid) if pid else set()
    found |= {process for process in psutil.process_iter() if _carries(process, mark)}
    found = {process for process in _living(found) if not _is_guard(process)}
    return found - {psutil.Process(os.getpid())}


def end(mark: str, pid: int | None = None, *, grace_seconds: float) -> None:
    """Ask a command's processes to end (SIGTERM), and make them (SIGKILL) after the grace.

    `pid` must not have been waited for yet, or it may be somebody else's by now.
    """
    asked: set[psutil.Process] = set()
    deadline = time.monotonic() + grace_seconds
    while time.monotonic() < deadline:
        present = members(mark, pid) | _living(asked)
        if not present:
            return
        _ask(present - asked)
        asked |= present
        _wait(present, deadline)
    left = members(mark, pid) | _living(asked)
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    _wait(left, time.monotonic() + _KILL_SECONDS)


def _ask(processes: set[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()


def _wait(processes: set[psutil.Process], deadline: float) -> None:
    # psutil.wait_procs would reap our own child, whose exit code another thread waits for.
    while _living(processes) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _living(processes: set[psutil.Process]) -> set[psutil.Process]:
    return {process for process in processes if _alive(process)}


def _descendants(pid: int) -> set[psutil.Process]:
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        return {root, *root.children(recursive=True)}
    return set()


def _carries(process: psutil.Process, mark: str) -> bool:
    with suppress(psutil.Error, OSError):
        return mark in process.environ()
    return False


def _is_guard(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return GUARD_NAME in process.cmdline()
    return False


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
