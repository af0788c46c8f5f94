"""Serve what a student works with: JupyterLab on the labs, and the API of `.student/project`.

    world python -m labs.kit.serve              # what `make labs` runs
    world python -m labs.kit.serve --headless   # prints the addresses, opens no browser

The API restarts when an export changes a module. Ctrl-C ends both.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from labs.kit.export import ROOT, STUDENT, student_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType
    from typing import IO

HOST = "127.0.0.1"
JUPYTER_CONFIG = Path(__file__).resolve().parent / "jupyter"
API_ADDRESS = "LABS_API_URL"  # tells a notebook where the API of `.student/project` is
JUPYTER_PORT = 8888
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Stop(Exception):  # not an error: somebody pressed Ctrl-C
    """Somebody wants this to end."""


def jupyter_command(port: int, token: str) -> list[str]:
    """Return JupyterLab's command: the labs open, no look for updates."""
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.ip={HOST}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={ROOT}", f"--IdentityProvider.token={token}"),
        "--LabApp.default_url=/lab/tree/labs/01_rate_limiting.ipynb",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        *("--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR"),
    ]


def jupyter_environment(api: str | None) -> dict[str, str]:
    """Return JupyterLab's environment: no announcements, and where the student's API is."""
    paths = (str(JUPYTER_CONFIG), os.environ.get("JUPYTER_CONFIG_PATH"))
    env = {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path)}
    return env | ({API_ADDRESS: api} if api else {})


def api_command(port: int) -> list[str]:
    """Return the API's command; it restarts when a module changes."""
    address = ["--host", HOST, "--port", str(port)]
    return [
        *(sys.executable, "-m", "uvicorn", "project.main:app", *address),
        *("--reload", "--reload-dir", "project", "--log-level", "warning"),
    ]


def free_port(wanted: int) -> int:
    """Return the wanted port, or any free one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError("the system has no free port")


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until an address answers; False when its process ended or time is over."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own address
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.05)
    return False


@contextmanager
def running(
    command: Sequence[str],
    cwd: os.PathLike[str],
    *,
    env: Mapping[str, str] | None = None,
    out: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a group of its own, and end the whole group with the block."""
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=out, stderr=out, start_new_session=True
    )
    try:
        yield process
    finally:
        for force in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, force)
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    continue


def say(name: str, text: str) -> None:
    """Print one line, also into a pipe at once."""
    print(f"{name:11} {text}", flush=True)  # noqa: T201  # a command prints


def serve(*, api_port: int, student: Path, headless: bool) -> int:
    """Start both, print their addresses, and wait for the end."""
    token, jupyter_port = secrets.token_hex(16), free_port(JUPYTER_PORT)
    lab = f"http://{HOST}:{jupyter_port}/lab?token={token}"
    api = f"http://{HOST}:{free_port(api_port)}"
    student_api(student)
    env = jupyter_environment(api if student == STUDENT else None)
    with ExitStack() as stack:
        jupyter = stack.enter_context(running(jupyter_command(jupyter_port, token), ROOT, env=env))
        port = int(api.rpartition(":")[2])
        service = stack.enter_context(running(api_command(port), student.parent))
        down = "does not start; the reason is above, it comes back when the module is mended"
        say("API", api if answers(f"{api}/livez", service) else down)
        if not answers(f"http://{HOST}:{jupyter_port}/api", jupyter):
            say("JupyterLab", "does not start; the reason is above")
            return 1
        say("World", os.environ.get("WORLD_URL", "none: start with `world`"))
        say("JupyterLab", lab)
        if not headless:
            webbrowser.open(lab)
        say("", "Ctrl-C ends everything")
        return jupyter.wait()


def stop(_signal: int, _frame: FrameType | None) -> None:
    """Leave the wait above; the stack ends what runs."""
    raise Stop


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m labs.kit.serve",
        description="Serve JupyterLab and the student's API.",
        epilog="example: world python -m labs.kit.serve --headless --port 8001",
    )
    parser.add_argument("--port", type=int, default=8000, help="of the API (default 8000)")
    parser.add_argument(
        "--student", type=Path, default=STUDENT, help="the API to serve (.student/project)"
    )
    parser.add_argument("--headless", action="store_true", help="open no browser")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        return serve(
            api_port=options.port, student=options.student.resolve(), headless=options.headless
        )
    except Stop:
        return 0


if __name__ == "__main__":
    sys.exit(main())
