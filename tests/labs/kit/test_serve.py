"""What `make labs` runs: JupyterLab and the student's API, one address line each."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil

from labs.kit.export import ROOT
from labs.kit.serve import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 60


@contextmanager
def served(student: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command in a group of its own, as a terminal does."""
    command = [sys.executable, "-m", "world", sys.executable, "-m", "labs.kit.serve"]
    options = ["--headless", "--student", str(student), "--port", str(free_port(0))]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def address(log: Path, name: str) -> str:
    """Wait for an address line and return its address."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if found := re.search(rf"^{name} +(http\S+)$", log.read_text(), re.MULTILINE):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"no line for {name} in:\n{log.read_text()}")


def test_everything_is_served_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    """Each part answers at the address that was printed, and Ctrl-C leaves nothing behind."""
    student, log = tmp_path / "student" / "project", tmp_path / "out"
    with served(student, log) as process:
        lab, api, world = (address(log, name) for name in ("JupyterLab", "API", "World"))
        for url in (lab, f"{api}/readyz", world):
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert answer.status == 200
        assert (student / "patterns" / "rate_limit.py").exists()
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 0
    gone, alive = psutil.wait_procs(family, timeout=5)
    assert gone
    assert alive == []


def test_a_taken_port_is_replaced() -> None:
    """A port that somebody else listens on is not fought for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
