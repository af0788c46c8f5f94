"""Start a keeper, and end it; the keeper ends by itself when this process dies first."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from world.errors import WorldError
from world.lifeline import Lifeline
from world.order import read_answer

if TYPE_CHECKING:
    from world.environment import Addresses
    from world.order import Order

START_SECONDS = 20.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Keeper:
    """A running keeper, seen by its owner."""

    addresses: Addresses
    process: subprocess.Popen[bytes]
    lifeline: Lifeline

    @classmethod
    def start(cls, order: Order) -> Keeper:
        """Start a keeper and wait until everything ordered answers; WorldError if it cannot."""
        with Lifeline.open() as (lifeline, reader):
            process = _spawn(reader)
        lifeline.tell(order.to_line())
        try:
            return cls(_answer(process), process, lifeline)
        except BaseException:
            lifeline.cut()
            _end(process)
            raise

    @property
    def alive(self) -> bool:
        """Whether the keeper still runs."""
        return self.process.poll() is None

    def wait(self) -> None:
        """Wait until the keeper has ended, without reaping it."""
        if self.process.stdout:
            self.process.stdout.read()

    def watch(self, pid: int) -> None:
        """Name the command whose processes end with this one; 0 when it has ended."""
        self.lifeline.tell(str(pid))

    def stop(self) -> bool:
        """End the keeper and with it all parts; tell whether it left in order."""
        self.lifeline.cut()
        return _end(self.process) == 0


def _spawn(reader: int) -> subprocess.Popen[bytes]:
    # -P and our own folder first: a redis.py in the reader's working folder is not ours to import.
    folder = str(Path(__file__).parent.parent)
    path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "world.keeper"],
        stdin=reader,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C in our terminal is not for the keeper
    )


def _answer(process: subprocess.Popen[bytes]) -> Addresses:
    if process.stdout is None:
        raise AssertionError("started with a pipe")
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    if not readable:
        raise WorldError(f"the world did not start within {START_SECONDS:g} s")
    line = process.stdout.readline()
    if not line:
        raise WorldError(f"the world ended while it started, with exit code {process.wait()}")
    return read_answer(line.decode())


def _end(process: subprocess.Popen[bytes]) -> int:
    try:
        code = process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    if process.stdout:
        process.stdout.close()
    return code
