"""Run one command as `world CMD` does: every signal reaches it once, and nothing is left of it.

In the foreground of a terminal the command shares our process group, as under any shell: Ctrl-C
reaches it directly, and is not passed on a second time. Elsewhere it has a group of its own, and
what we receive is passed on.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from world.environment import lines
from world.processes import end, new_mark
from world.session import open_session
from world.vigil import GRACE_SECONDS, SIGNALS, Vigil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from world.order import Settings
    from world.owner import Keeper

FAILED, NOT_EXECUTABLE, NOT_FOUND = 1, 126, 127


def run(argv: Sequence[str], settings: Settings) -> int:
    """Run a command beside its stand-ins and return its exit code."""
    mark = new_mark()
    with held_signals():
        session = open_session(settings, os.environ, mark=mark)
        say(*lines(session.variables))
        if session.keeper is None:
            raise AssertionError("a command always has a keeper")
        try:
            environ = {**os.environ, **session.variables, mark: "1"}
            return interrupted() or _attend(argv, environ, session.keeper, mark)
        finally:
            _clean_up(session.keeper, mark)


def say(*sentences: str) -> None:
    """Tell the person, if the terminal is still there; standard output belongs to the command."""
    with suppress(OSError):
        sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))
        sys.stderr.flush()


@contextmanager
def held_signals() -> Iterator[None]:
    """Hold signals back from here on, for the thread that waits for them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interrupted() -> int:
    """Return the exit code for a signal that came during the start, 0 if none did."""
    code = 0
    while pending := signal.sigpending() & SIGNALS:
        code = 128 + signal.sigwait(pending)
    return code


def in_foreground() -> bool:
    """Tell whether Ctrl-C in our terminal, if we have one, reaches our process group."""
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        finally:
            os.close(terminal)
    return False


def _attend(argv: Sequence[str], environ: Mapping[str, str], keeper: Keeper, mark: str) -> int:
    shares_terminal = in_foreground()
    try:
        pid = _spawn(argv, environ, own_group=not shares_terminal)
    except FileNotFoundError:
        say(f"world: {argv[0]}: command not found")
        return NOT_FOUND
    except OSError as error:
        say(f"world: {argv[0]}: cannot be run: {error.strerror}")
        return NOT_EXECUTABLE
    keeper.watch(pid)
    ending = Vigil(pid, mark, keeper, shares_terminal=shares_terminal).wait()
    keeper.watch(0)
    if ending.keeper_died:
        say("world: the stand-ins died, so the command was ended")
        return FAILED
    return ending.exit_code


def _spawn(argv: Sequence[str], environ: Mapping[str, str], *, own_group: bool) -> int:
    spawn = functools.partial(
        os.posix_spawnp,
        argv[0],
        list(argv),
        environ,
        setsigmask=(),
        setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # which Python ignores for itself
    )
    return spawn(setpgroup=0) if own_group else spawn()


def _clean_up(keeper: Keeper, mark: str) -> None:
    if not keeper.stop():
        # It died, and did not end what the command left.
        end(mark, grace_seconds=GRACE_SECONDS)
