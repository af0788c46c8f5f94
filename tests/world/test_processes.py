"""The end of everything that a command started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.world.outliving import wait_until
from world.processes import end, members, new_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

STUBBORN = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
)


@pytest.fixture
def mark() -> Iterator[str]:
    """Yield a mark, and end what carries it."""
    mark = new_mark()
    yield mark
    end(mark, grace_seconds=0)


def start(mark: str, *command: str, marked: bool = True) -> subprocess.Popen[str]:
    """Start a process that carries the mark."""
    environ = os.environ | ({mark: "1"} if marked else {})
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


def test_marks_differ() -> None:
    """No two commands share a mark."""
    assert new_mark() != new_mark()


def test_a_daemon_is_known_by_its_mark(mark: str) -> None:
    """A process that was adopted by init still belongs to its command."""
    with start(mark, "sh", "-c", "sleep 60 >/dev/null 2>&1 &") as shell:
        assert shell.wait(5) == 0
    assert wait_until(lambda: len(members(mark)) == 1, 2)
    end(mark, grace_seconds=1)
    assert not members(mark)


def test_descendants_without_the_mark_belong_too(mark: str) -> None:
    """A child that cleared its environment is found through its parent."""
    with start(mark, "sh", "-c", "env -i sleep 60; :") as shell:
        assert wait_until(lambda: len(members(mark, shell.pid)) == 2, 2)
        end(mark, shell.pid, grace_seconds=1)
        assert not members(mark, shell.pid)


def test_polite_processes_are_not_killed(mark: str) -> None:
    """Whoever ends at SIGTERM ends by SIGTERM, and nobody waits longer than that."""
    begun = time.perf_counter()
    with start(mark, "sleep", "60") as process:
        end(mark, grace_seconds=5)
        assert process.wait(5) == -15
    assert time.perf_counter() - begun < 2


def test_stubborn_processes_are_killed_after_the_grace(mark: str) -> None:
    """Whoever ignores SIGTERM is killed when the grace is over."""
    with start(mark, sys.executable, "-c", STUBBORN) as process:
        assert process.stdout
        process.stdout.readline()
        end(mark, grace_seconds=0.2)
        assert process.wait(5) == -9


def test_strangers_are_left_alone(mark: str) -> None:
    """A process that neither descends from the command nor carries its mark lives on."""
    with start(mark, "sleep", "60", marked=False) as stranger:
        end(mark, grace_seconds=0)
        assert stranger.poll() is None
        stranger.kill()


def test_nothing_to_end_takes_no_time(mark: str) -> None:
    """Without any process there is no grace to wait for."""
    begun = time.perf_counter()
    end(mark, 2**22 - 1, grace_seconds=5)
    assert time.perf_counter() - begun < 1
