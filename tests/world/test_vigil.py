"""`world CMD` in a terminal: Ctrl-C is the command's own, and gets there once."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.world.outliving import WORLD, clean_environ
from world.processes import end, members, new_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Makes the terminal on its standard input its own, as a login does, and becomes world.
LOGIN = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
COUNTER = """
import signal, sys, time
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(1))
print("READY", flush=True)
deadline = time.monotonic() + {seconds}
while len(seen) < {most} and time.monotonic() < deadline: time.sleep(0.01)
time.sleep(0.3)
print("SEEN", len(seen), flush=True)
sys.exit(5)
"""


class Terminal:
    """The keyboard and the screen of a session."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._screen = ""

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._master, keys.encode())

    def unplug(self) -> None:
        """Close the window."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def read_until(self, text: str, seconds: float = 10) -> str:
        """Return what is on the screen once it shows `text`."""
        deadline = time.monotonic() + seconds
        while text not in self._screen and time.monotonic() < deadline:
            readable, _, _ = select.select([self._master], [], [], 0.1)
            if readable:
                self._screen += os.read(self._master, 65_536).decode()
        assert text in self._screen, self._screen
        return self._screen


@contextmanager
def session(folder: Path, *command: str) -> Iterator[tuple[Terminal, subprocess.Popen[bytes], str]]:
    """Run `world COMMAND` in the foreground of a terminal of its own."""
    mark = new_mark()
    master, slave = pty.openpty()
    terminal = Terminal(master)
    try:
        with subprocess.Popen(
            [sys.executable, "-c", LOGIN, *WORLD, *command],
            env=clean_environ(folder, **{mark: "1"}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        ) as process:
            try:
                yield terminal, process, mark
            finally:
                end(mark, grace_seconds=0)
    finally:
        os.close(slave)
        terminal.unplug()


def python(script: str) -> tuple[str, str, str]:
    """Return the command that runs a script."""
    return (sys.executable, "-c", script)


def test_ctrl_c_reaches_the_command_once(tmp_path: Path) -> None:
    """Ctrl-C in a terminal is one SIGINT for the command, not two."""
    with session(tmp_path, *python(COUNTER.format(seconds=10, most=1))) as (terminal, process, _):
        terminal.read_until("READY")
        terminal.press("\x03")
        terminal.read_until("SEEN 1")
        assert process.wait(5) == 5


def test_ctrl_c_through_two_worlds_reaches_the_command_once(tmp_path: Path) -> None:
    """A world inside a world passes Ctrl-C on no more than one does."""
    command = (*WORLD, *python(COUNTER.format(seconds=10, most=1)))
    with session(tmp_path, *command) as (terminal, process, _):
        terminal.read_until("READY")
        terminal.press("\x03")
        terminal.read_until("SEEN 1")
        assert process.wait(5) == 5


def test_a_command_may_take_two_quick_ctrl_c(tmp_path: Path) -> None:
    """Jupyter asks at the first Ctrl-C and leaves at the second: world lets it."""
    with session(tmp_path, *python(COUNTER.format(seconds=10, most=2))) as (terminal, process, _):
        terminal.read_until("READY")
        terminal.press("\x03")
        time.sleep(0.05)  # two presses at once are one pending signal
        terminal.press("\x03")
        terminal.read_until("SEEN 2")
        assert process.wait(5) == 5


def test_three_quick_ctrl_c_end_a_command_that_ignores_them(tmp_path: Path) -> None:
    """A person who insists gets the terminal back."""
    with session(tmp_path, *python(COUNTER.format(seconds=60, most=99))) as (
        terminal,
        process,
        mark,
    ):
        terminal.read_until("READY")
        for _ in range(3):
            terminal.press("\x03")
            time.sleep(0.05)
        assert process.wait(5) == 137
        assert not members(mark)


def test_a_command_reads_the_keyboard(tmp_path: Path) -> None:
    """In a terminal the command stays in the foreground, so that it can ask questions."""
    script = "print('READY', flush=True); print('GOT', input().upper())"
    with session(tmp_path, *python(script)) as (terminal, process, _):
        terminal.read_until("READY")
        terminal.press("hello\n")
        terminal.read_until("GOT HELLO")
        assert process.wait(5) == 0


def test_closing_the_terminal_ends_everything(tmp_path: Path) -> None:
    """A terminal that goes away takes world, the command and the stand-ins with it."""
    with session(tmp_path, *python(COUNTER.format(seconds=60, most=99))) as (
        terminal,
        process,
        mark,
    ):
        terminal.read_until("READY")
        terminal.unplug()
        assert process.wait(5) in (129, 1)  # 1: the command was just about to write
        assert not members(mark)
        assert not list(tmp_path.iterdir())
