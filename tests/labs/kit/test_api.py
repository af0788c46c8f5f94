"""A notebook reaches the API that runs its module, and leaves nothing running."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

import world
from labs.kit import api
from labs.kit.export import REFERENCE, STUDENT
from labs.kit.serve import API_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module", autouse=True)
def a_world() -> Iterator[None]:
    """Run a world, as a notebook does."""
    started = world.start(seed=5)
    yield
    started.stop()


@contextmanager
def healthy(*uptimes: float) -> Iterator[str]:
    """Serve `/healthz`, with one of these uptimes after the other."""
    told = list(uptimes)

    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            uptime = told.pop(0) if told[1:] else told[0]
            self.wfile.write(json.dumps({"uptime_seconds": uptime}).encode())

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_the_api_runs_as_long_as_the_block() -> None:
    """It answers inside, and nobody answers behind."""
    async with httpx.AsyncClient() as client:
        async with api.running(REFERENCE) as url:
            assert (await client.get(f"{url}/readyz")).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{url}/livez")


async def test_a_module_that_breaks_the_api_is_told(tmp_path: Path) -> None:
    """The error quotes the last line that the API said."""
    folder = tmp_path / "project"
    shutil.copytree(REFERENCE, folder)
    (folder / "patterns" / "rate_limit.py").write_text("raise ValueError('not like this')\n")
    with pytest.raises(api.ApiError, match="does not start: ValueError: not like this"):
        async with api.running(folder):
            raise AssertionError


async def test_where_the_labs_are_served_their_api_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its address comes from the environment, and only the student's folder is there."""
    student = tmp_path / "project"
    (student / "patterns").mkdir(parents=True)
    (student / "main.py").touch()
    monkeypatch.setattr(api, "STUDENT", student)
    with healthy(1e6, 0) as url:
        monkeypatch.setenv(API_ADDRESS, url)
        async with api.running(student) as found:
            assert found == url


def test_an_api_that_does_not_restart_is_told(tmp_path: Path) -> None:
    """Whoever exports a module is not left waiting."""
    (tmp_path / "main.py").touch()
    with (
        healthy(1e6) as url,
        pytest.raises(api.ApiError, match="the terminal that runs `make labs` says why"),
    ):
        api.wait_for_restart(url, tmp_path, seconds=0.3)
    with pytest.raises(api.ApiError):
        api.wait_for_restart("http://127.0.0.1:9", STUDENT.parent / "nowhere", seconds=0)
