"""Start `world` as a person does and find out what is left of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil

from world.processes import end, new_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parent.parent.parent
WORLD = (sys.executable, "-m", "world")
# Groups that the machine running the tests may have configured.
CONFIGURED = (
    "REDIS_URL",
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "SENTRY_DSN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "ALERT_WEBHOOK_URL",
    "ADMIN_TOKEN",
    "API_KEYS",
    "WORLD_URL",
)
# Says where it is, with a child of its own and a daemon that has left the family.
TALKER = """
import json, os, subprocess, sys, time
subprocess.Popen(["sleep", "300"])
subprocess.run(["sh", "-c", "sleep 300 >/dev/null 2>&1 &"], start_new_session=True)
said = {"pid": os.getpid(), "world": os.getppid(), "environ": dict(os.environ)}
print(json.dumps(said), flush=True)
"""
WAITING = TALKER + "time.sleep(300)\n"
STUBBORN = "import signal\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n" + WAITING


def clean_environ(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment with nothing configured and temporary files under `folder`."""
    kept = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
    return kept | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT)} | more


@dataclass(frozen=True)
class Started:
    """A `world` whose command waits."""

    process: subprocess.Popen[str]
    world_pid: int
    command_pid: int
    environ: Mapping[str, str]
    folder: Path
    mark: str

    @property
    def keeper(self) -> psutil.Process:
        """The process that owns the stand-ins."""
        children = psutil.Process(self.world_pid).children()
        return next(child for child in children if "world.keeper" in child.cmdline())

    def assert_all_gone(self, *, within_seconds: float) -> None:
        """Fail unless every process, port and file of it goes in time."""
        assert wait_until(lambda: not self.left(), within_seconds), self.left()

    def left(self) -> list[str]:
        """Return what is still there."""
        processes = [
            process.info["name"]
            for process in psutil.process_iter(["environ", "name"])
            if self.mark in (process.info["environ"] or {})
        ]
        ports = [url for url in self.urls() if answers(url)]
        return [*processes, *ports, *(str(path) for path in self.folder.iterdir())]

    def urls(self) -> list[str]:
        """Return the addresses of the stand-ins."""
        return [self.environ["REDIS_URL"], self.environ["WORLD_URL"]]


@contextmanager
def started_world(
    folder: Path, script: str = WAITING, *, through: Sequence[str] = ()
) -> Iterator[Started]:
    """Run `world python -c SCRIPT`, as a child of the command `through` if there is one."""
    mark = new_mark()
    with subprocess.Popen(
        [*through, *WORLD, sys.executable, "-c", script],
        env=clean_environ(folder, **{mark: "1"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            said: dict[str, Any] = json.loads(process.stdout.readline())
            yield Started(process, said["world"], said["pid"], said["environ"], folder, mark)
        finally:
            end(mark, grace_seconds=0)


def run_world(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `world ARGUMENTS` to its end."""
    return subprocess.run(
        [*WORLD, *arguments],
        env=clean_environ(folder, **(environ or {})),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait for something to hold; tell whether it came in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def answers(url: str) -> bool:
    """Tell whether anything listens at an address."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname or "", parts.port or 0)) == 0
