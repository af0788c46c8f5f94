"""RedisServer: a real Redis on a port of its own, which leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

import psutil
import pytest
import redis

from tests.world.outliving import ROOT, answers, wait_until
from world.errors import NoRedis, WorldError
from world.redis import RedisServer, find_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Yield a server that keeps what is written."""
    server = RedisServer(appendonly=True)
    with server:
        yield server


def client_of(url: str) -> redis.Redis:
    """Return a client that fails at once."""
    return redis.Redis.from_url(url, decode_responses=True, socket_timeout=2)


def test_a_server_answers_while_the_block_lasts() -> None:
    """The address answers inside the block and not after it."""
    with RedisServer() as url:
        with client_of(url) as client:
            assert client.ping()
        assert answers(url)
    assert not answers(url)


def test_two_servers_are_strangers() -> None:
    """Each server has its own port and its own keys."""
    with RedisServer() as one, RedisServer() as two:
        with client_of(one) as client:
            client.set("key", "value")
        with client_of(two) as client:
            assert client.get("key") is None


def test_a_server_listens_on_loopback_only(server: RedisServer) -> None:
    """Nobody on the network reaches it."""
    assert server.pid
    listening = {
        c.laddr.ip for c in psutil.Process(server.pid).net_connections() if c.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}


def test_data_survives_a_restart_with_appendonly(server: RedisServer) -> None:
    """After `restart()` the same address has the same data."""
    url = server.url
    with client_of(url) as client:
        client.set("key", "value")
    server.restart()
    with client_of(server.url) as client:
        assert client.get("key") == "value"
    assert server.url == url


def test_data_survives_a_crash_with_appendonly(server: RedisServer) -> None:
    """After `kill()` and `start()` every answered write is there, at the same address."""
    with client_of(server.url) as client:
        client.set("key", "value")
    server.kill()
    assert not answers(server.url)
    assert server.pid is None
    server.start()
    with client_of(server.url) as client:
        assert client.get("key") == "value"


def test_data_is_gone_after_a_restart_without_appendonly() -> None:
    """A server keeps nothing unless it is asked to."""
    server = RedisServer()
    with server:
        with client_of(server.url) as client:
            client.set("key", "value")
        server.restart()
        with client_of(server.url) as client:
            assert client.get("key") is None


def test_starting_twice_is_starting_once(server: RedisServer) -> None:
    """`start()` leaves a running server alone."""
    pid = server.pid
    server.start()
    assert server.pid == pid


def test_a_crashed_server_starts_again(server: RedisServer) -> None:
    """`start()` notices a server that died by itself."""
    assert server.pid
    os.kill(server.pid, signal.SIGKILL)
    assert wait_until(lambda: not answers(server.url), 2)
    server.start()
    assert answers(server.url)


def test_a_stopped_server_leaves_no_folder(server: RedisServer) -> None:
    """`stop()` removes the temporary folder, and twice does no harm."""
    folder = server.folder
    assert folder
    server.stop()
    server.stop()
    assert not folder.exists()


def test_a_taken_port_is_refused_with_its_number() -> None:
    """A port that another program holds is an error that names it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(WorldError, match=f"did not start on port {port}"),
            RedisServer(port=port),
        ):
            pass


def test_another_redis_on_the_port_is_not_ours(server: RedisServer) -> None:
    """A server that finds a stranger's Redis on its port says so and does not use it."""
    with pytest.raises(WorldError, match="did not start"):
        RedisServer(port=server.port).__enter__()
    assert answers(server.url)


def test_a_race_for_the_port_is_run_again() -> None:
    """A free port that is taken before Redis binds it is replaced by another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        with patch("world.redis._free_port", side_effect=[port, free]), RedisServer() as url:
            assert url == f"redis://127.0.0.1:{free}/0"


def test_no_binary_is_one_line_with_three_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any redis-server the error says what to do."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(NoRedis) as caught:
        find_server()
    text = str(caught.value)
    assert all(way in text for way in ("install redis-server", "REDIS_URL", "docker compose up"))
    assert "\n" not in text


def test_the_binary_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redis-server that the person installed is preferred to the bundled one."""
    own = tmp_path / "redis-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server() == own


def test_a_binary_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a broken redis-server said is in the error, and its folder is gone."""
    own = tmp_path / "redis-server"
    own.write_text("#!/bin/sh\necho the disk is on fire\nexit 1\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with pytest.raises(WorldError, match="the disk is on fire"):
        RedisServer().__enter__()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("forks", [False, True], ids=["alone", "with-a-forked-child"])
def test_a_killed_owner_leaves_neither_server_nor_folder(tmp_path: Path, forks: bool) -> None:
    """When its process is killed the server goes, also if a fork of it lives on."""
    script = f"""
import os, sys, tempfile, time
from world.redis import RedisServer
server = RedisServer().start()
if {forks} and os.fork() == 0:
    sys.stdout.close()
    os.close(1)
    time.sleep(5)
    os._exit(0)
print(server.url, server.folder, flush=True)
time.sleep(30)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout
        url, folder = owner.stdout.readline().split()
        assert folder.startswith(str(tmp_path))
        assert answers(url)
        children = psutil.Process(owner.pid).children(recursive=True)
        owner.kill()
        assert wait_until(lambda: not answers(url) and not list(tmp_path.iterdir()), 2)
    for child in children:  # the forked one still sleeps
        if child.is_running():
            child.kill()
