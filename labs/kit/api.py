"""The API that runs a student's pattern: the one of `make labs`, or a process of the cell's own.

    folder = export.notebook("01_rate_limiting.ipynb")
    async with api.running(folder) as url:
        client = AsyncOpenAI(base_url=f"{url}/v1", api_key="demo-free", max_retries=0)

`make labs` serves `.student/project` and restarts it after an export; we wait until it runs what
was exported. Everywhere else the API listens on a free port, under `world`: it ends with the block,
and with this process however that ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from labs.kit.exercises import KitError
from labs.kit.export import STUDENT
from labs.kit.serve import API_ADDRESS, HOST, answers, free_port, running as process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import IO

RESTART_SECONDS = 20.0
# A loaded machine must not look like a dead Redis; in production a command has 0.05 s.
PATIENT = {"REDIS_DEADLINE_SECONDS": "2"}


class ApiError(KitError):
    """The API does not run; the text says why, or where to look."""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[str]:
    """Yield the address of the API in `folder`, which runs its modules as they are now."""
    served = os.environ.get(API_ADDRESS)
    if served and folder == STUDENT:
        await asyncio.to_thread(wait_for_restart, served, folder)
        yield served
        return
    with tempfile.TemporaryFile() as said, ExitStack() as stack:
        yield await asyncio.to_thread(_start, folder, said, stack)


def wait_for_restart(url: str, folder: Path, seconds: float = RESTART_SECONDS) -> None:
    """Wait until an API has started after its newest module was written."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        newest = max(file.stat().st_mtime for file in folder.rglob("*.py"))
        uptime = _uptime(url)
        if uptime is not None and uptime < time.time() - newest:
            return
        time.sleep(0.1)
    raise ApiError("the API does not restart: the terminal that runs `make labs` says why")


def _uptime(url: str) -> float | None:
    """Return how many seconds an API has run; None while it does not answer."""
    token = {"Authorization": f"Bearer {os.environ.get('ADMIN_TOKEN', '')}"}
    request = urllib.request.Request(f"{url}/healthz", headers=token)  # noqa: S310 - our own API
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=2) as answer:
            return float(json.load(answer)["uptime_seconds"])
    except OSError:
        return None


def _start(folder: Path, said: IO[bytes], stack: ExitStack) -> str:
    """Start an API that ends with the stack; `ApiError` quotes what it said last."""
    port = free_port(0)
    command = [
        *(sys.executable, "-m", "world", sys.executable, "-m", "uvicorn", "project.main:app"),
        *("--host", HOST, "--port", str(port), "--log-level", "warning"),
    ]
    env = {**os.environ, **PATIENT}
    api = stack.enter_context(process(command, folder.parent, env=env, out=said))
    if not answers(f"http://{HOST}:{port}/livez", api):
        said.seek(0)
        lines = said.read().decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
        raise ApiError(f"the API does not start: {last.strip()}")
    return f"http://{HOST}:{port}"
