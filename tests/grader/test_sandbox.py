"""The sandbox: what a program gets, what it cannot reach, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from grader.program import Bounds
from grader.sandbox import OWN, PYTHON, Sandbox

if TYPE_CHECKING:
    from grader.program import Program

REPOSITORY = Path(__file__).parent.parent.parent
SLEEP = "import time; time.sleep(60)"
# A child in a session of its own prints its id and stays.
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    print(os.getpid(), flush=True)
    time.sleep(60)
time.sleep(60)
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Give the sandbox of an empty copy."""
    (tmp_path / "copy").mkdir()
    return Sandbox(tmp_path / "copy", tmp_path)


def finished(sandbox: Sandbox, code: str, **bounds: float) -> tuple[int | None, Program]:
    """Run Python code to its end."""
    with sandbox.start([*PYTHON, "-c", code], bounds=Bounds(**bounds)) as program:  # type: ignore[arg-type]  # ints and floats by name
        return program.wait(), program


def wait_until_gone(pid: int) -> None:
    """Wait until a process is gone; a test that waits in vain times out."""
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


@pytest.mark.parametrize("package", sorted(OWN))
def test_no_package_of_this_repository_can_be_imported(sandbox: Sandbox, package: str) -> None:
    """A submission that lacks a package does not find the grader's own."""
    code, program = finished(sandbox, f"import {package}")
    assert code == 1
    assert program.last_words() == f"ModuleNotFoundError: No module named '{package}'"


def test_the_copys_own_project_is_imported(sandbox: Sandbox) -> None:
    """`project` is the folder of the copy; the libraries are the interpreter's."""
    (sandbox.folder / "project").mkdir()
    (sandbox.folder / "project" / "__init__.py").write_text("MINE = 7")
    code, program = finished(sandbox, "import project, fastapi; print(project.MINE)")
    assert (code, program.output) == (0, "7\n")


def test_the_environment_is_clean(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program sees what it needs, and nothing of what the grader was started with."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-instructor")
    with sandbox.start([*PYTHON, "-c", "import os; print(*os.environ)"], {"A": "1"}) as program:
        program.wait()
    names = {name for name in program.output.split() if not name.startswith("WORLD_COMMAND_")}
    assert names == {"PATH", "HOME", "TMPDIR", "LANG", "PYTHONPATH", "PYTHONUNBUFFERED", "A"}


def test_standard_input_is_closed(sandbox: Sandbox) -> None:
    """A program that asks for input gets the end of the file."""
    assert finished(sandbox, "input()")[1].last_words() == "EOFError: EOF when reading a line"


def test_output_is_bounded(sandbox: Sandbox) -> None:
    """A program may print as much as it likes; only the beginning and the end are kept."""
    code, program = finished(sandbox, "print('x' * 5_000_000); print('end')", output_bytes=1000)
    assert (code, len(program.output), program.last_words()) == (0, 1000, "end")


def test_a_silent_program_has_no_last_words(sandbox: Sandbox) -> None:
    """What printed nothing is said to have printed nothing."""
    assert finished(sandbox, "")[1].last_words() == "it said nothing"


def test_memory_is_bounded(sandbox: Sandbox) -> None:
    """A program that takes too much memory, in whatever child, is ended with the reason."""
    grab = f"x = bytearray(10**8); {SLEEP}"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grab!r}])"
    code, program = finished(sandbox, parent, memory_bytes=10**8)
    assert (code, program.ended()) == (None, "it used more than 95 MB")


def test_time_is_bounded(sandbox: Sandbox) -> None:
    """A program that does not end is ended with the reason."""
    code, program = finished(sandbox, SLEEP, seconds=0.1)
    assert (code, program.ended()) == (None, "it ran longer than 0.1 s")


def test_a_daemon_does_not_outlive_the_block(sandbox: Sandbox) -> None:
    """What left its process group and lost its parent is found and killed all the same."""
    with sandbox.start([*PYTHON, "-c", DAEMON]) as program:
        while not program.output.endswith("\n"):
            time.sleep(0.01)
        daemon = int(program.output)
        assert program.ended() is None
    assert program.ended() == "it ended by itself"
    wait_until_gone(daemon)


def test_a_program_does_not_outlive_a_grader_that_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves the grader no time to clean up; a guard does it."""
    code = f"""
import pathlib, sys, time
from grader.sandbox import Sandbox
scratch = pathlib.Path({str(tmp_path)!r})
sleeper = "import os, time; print(os.getpid()); time.sleep(60)"
with Sandbox(scratch, scratch).start([sys.executable, "-c", sleeper]) as program:
    while not program.output.endswith("\\n"): time.sleep(0.01)
    print(program.output, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=REPOSITORY, env=dict(os.environ)
    ) as grader:
        assert grader.stdout is not None
        pid = int(grader.stdout.readline())
        assert psutil.pid_exists(pid)
        grader.send_signal(signal.SIGKILL)
    wait_until_gone(pid)
