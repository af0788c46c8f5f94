"""`world CMD`: nothing outlives it, however it, its parent or its keeper dies."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.world.outliving import (
    STUBBORN,
    TALKER,
    Started,
    answers,
    run_world,
    started_world,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

THROUGH_SHELL = ("sh", "-c", '"$@"; exit 0', "sh")
COUNT_SIGNALS = """
import json, os, signal, sys, time
seen = []
def note(number, frame):
    seen.append(number)
    time.sleep(0.3)   # time for a second one to come
    print(json.dumps(seen), flush=True)
    sys.exit(21)
for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, note)
said = {"pid": os.getpid(), "world": os.getppid(), "environ": dict(os.environ)}
print(json.dumps(said), flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize(
    ("kill", "exit_code"),
    [
        pytest.param(lambda w: os.kill(w.world_pid, signal.SIGKILL), -9, id="world-killed"),
        pytest.param(lambda w: os.kill(w.world_pid, signal.SIGTERM), 143, id="world-terminated"),
        pytest.param(lambda w: os.kill(w.world_pid, signal.SIGINT), 130, id="world-interrupted"),
        pytest.param(lambda w: os.kill(w.world_pid, signal.SIGHUP), 129, id="world-hung-up"),
        pytest.param(lambda w: os.kill(w.command_pid, signal.SIGKILL), 137, id="command-killed"),
        pytest.param(lambda w: w.keeper.kill(), 1, id="keeper-killed"),
        pytest.param(lambda w: w.keeper.terminate(), 143, id="keeper-terminated"),
    ],
)
def test_nothing_outlives_a_death(
    tmp_path: Path, kill: Callable[[Started], None], exit_code: int
) -> None:
    """Whoever dies, the command, its children, its daemons and all stand-ins are gone soon."""
    with started_world(tmp_path) as started:
        kill(started)
        started.assert_all_gone(within_seconds=2)
        assert started.process.wait(5) == exit_code


def test_nothing_outlives_the_parent_of_world(tmp_path: Path) -> None:
    """A world whose parent is killed ends, and everything with it."""
    with started_world(tmp_path, through=THROUGH_SHELL) as started:
        assert started.process.pid != started.world_pid
        started.process.kill()
        started.process.wait(5)
        started.assert_all_gone(within_seconds=2)


@pytest.mark.parametrize("victim", ["world", "keeper", "parent"])
def test_a_command_that_ignores_signals_ends_too(tmp_path: Path, victim: str) -> None:
    """After a grace of a second, a command whose world is gone is killed."""
    with started_world(tmp_path, STUBBORN, through=THROUGH_SHELL) as started:
        pids = {
            "world": started.world_pid,
            "keeper": started.keeper.pid,
            "parent": started.process.pid,
        }
        os.kill(pids[victim], signal.SIGKILL)
        started.process.wait(5)
        started.assert_all_gone(within_seconds=3)


def test_stand_ins_go_also_if_world_and_keeper_are_killed_at_once(tmp_path: Path) -> None:
    """With nobody left to clean up, Redis, its folder and the ports still go."""
    with started_world(tmp_path) as started:
        started.keeper.kill()
        os.kill(started.world_pid, signal.SIGKILL)
        assert wait_until(lambda: not any(map(answers, started.urls())), 2)
        assert wait_until(lambda: not list(tmp_path.iterdir()), 2)


def test_a_second_signal_forces_the_end(tmp_path: Path) -> None:
    """A command that ignores the first SIGTERM is killed at the second."""
    with started_world(tmp_path, STUBBORN) as started:
        os.kill(started.world_pid, signal.SIGTERM)
        assert not wait_until(lambda: not psutil.pid_exists(started.command_pid), 0.5)
        os.kill(started.world_pid, signal.SIGTERM)
        started.assert_all_gone(within_seconds=2)
        assert started.process.wait(5) == 137


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("to_group", [False, True], ids=["to-world", "to-its-group"])
def test_a_signal_reaches_the_command_once(tmp_path: Path, number: int, to_group: bool) -> None:
    """One signal to world, or to its whole group, is one signal to the command."""
    with started_world(tmp_path, COUNT_SIGNALS, through=("setsid",)) as started:
        (os.killpg if to_group else os.kill)(started.world_pid, number)
        assert started.process.stdout
        assert started.process.stdout.readline() == f"[{number}]\n"
        assert started.process.wait(5) == 21
        started.assert_all_gone(within_seconds=2)


def test_what_a_command_leaves_running_ends_with_it(tmp_path: Path) -> None:
    """A daemon that the command started does not outlive world, and the exit code is CMD's."""
    with started_world(tmp_path, TALKER + "sys.exit(7)\n") as started:
        assert started.process.wait(5) == 7
        started.assert_all_gone(within_seconds=0)


def test_parts_answer_until_the_command_has_ended(tmp_path: Path) -> None:
    """A command that ends gracefully can still reach its Redis."""
    script = """
import os, signal, socket, sys, time
def leave(*_):
    time.sleep(0.3)
    host, port = os.environ["REDIS_URL"].removeprefix("redis://").removesuffix("/0").split(":")
    socket.create_connection((host, int(port)), 1).close()
    sys.exit(33)
signal.signal(signal.SIGTERM, leave)
os.kill(os.getppid(), signal.SIGTERM)
time.sleep(30)
"""
    assert run_world(tmp_path, sys.executable, "-c", script).returncode == 33


@pytest.mark.parametrize("code", [0, 255])
def test_the_exit_code_is_the_commands(tmp_path: Path, code: int) -> None:
    """World returns what CMD returned."""
    assert run_world(tmp_path, "sh", "-c", f"exit {code}").returncode == code


def test_a_file_that_cannot_be_run_is_126(tmp_path: Path) -> None:
    """A command without execute permission ends with 126 and one line that says so."""
    script = tmp_path / "script"
    script.write_text("echo hello\n")
    done = run_world(tmp_path, str(script))
    assert done.returncode == 126
    assert done.stderr.splitlines()[-1] == f"world: {script}: cannot be run: Permission denied"
