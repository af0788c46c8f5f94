"""Keeper.start and stop, seen from the owner."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.world.outliving import ROOT, answers, clean_environ, wait_until
from world.client import facts
from world.errors import WorldError
from world.order import Order, Settings
from world.owner import Keeper

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = Order(Settings(seed=3), redis=True, http=True, standins=("provider", "sentry"))


def test_a_keeper_serves_what_is_ordered() -> None:
    """Redis and HTTP answer as soon as start returns, and not any more after stop."""
    keeper = Keeper.start(EVERYTHING)
    urls = [keeper.addresses.http or "", keeper.addresses.redis or ""]
    known = facts(urls[0])
    assert all(map(answers, urls))
    assert known
    assert known["parts"] == ["redis", "provider", "sentry"]
    assert (known["seed"], known["redis_url"]) == (3, urls[1])
    keeper.stop()
    assert not any(map(answers, urls))
    assert not keeper.alive


def test_a_keeper_can_keep_nothing() -> None:
    """With nothing ordered there are no addresses, but still somebody to watch a command."""
    keeper = Keeper.start(Order(Settings(), mark="NOBODY"))
    assert (keeper.addresses.http, keeper.addresses.redis) == (None, None)
    keeper.stop()


def test_everything_is_ready_soon() -> None:
    """All parts answer within a second and a half, on a busy machine too (measured: 0.3 s)."""
    begun = time.perf_counter()
    keeper = Keeper.start(EVERYTHING)
    seconds = time.perf_counter() - begun
    keeper.stop()
    assert seconds < 1.5


def test_an_error_of_the_keeper_is_ours(tmp_path: Path) -> None:
    """What keeps the parts from starting is one sentence at the owner."""
    workload = tmp_path / "workload.json"
    workload.write_text("{}")
    order = Order(Settings(workload=str(workload)), redis=True, http=True)
    with pytest.raises(WorldError, match=r"workload\.json: the file: name is missing"):
        Keeper.start(order)


def test_a_taken_port_is_an_error() -> None:
    """A port that another program holds is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorldError, match=f"port {port} cannot be used: Address already in use"):
            Keeper.start(Order(Settings(port=port), http=True))


def test_a_keeper_that_crashes_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keeper that ends without a word is reported with its exit code."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 9\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(WorldError, match="exit code 9"):
        Keeper.start(EVERYTHING)


def test_a_file_beside_the_owner_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student's redis.py or json.py in the working folder does not reach the keeper."""
    for name in ("json", "redis", "world", "uvicorn"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")
    monkeypatch.chdir(tmp_path)
    keeper = Keeper.start(EVERYTHING)
    keeper.stop()


@pytest.mark.parametrize("forks", [False, True], ids=["alone", "with-a-forked-child"])
def test_a_keeper_ends_with_its_owner(tmp_path: Path, forks: bool) -> None:
    """A killed notebook kernel leaves no stand-in, also if a fork of it lives on."""
    script = f"""
import json, os, sys, time, threading
import world
started = []
thread = threading.Thread(target=lambda: started.append(world.start(seed=5)))
thread.start()
thread.join()
time.sleep(0.5)   # the thread that started it is gone, the world is not
w = world.start(seed=5)
assert w is started[0] and w.ledger() == []
child = os.fork() if {forks} else -1
if child == 0:
    os.close(1)
    time.sleep(20)
    os._exit(0)
print(json.dumps([w.url, w.redis_url, child]), flush=True)
time.sleep(30)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=clean_environ(tmp_path),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout
        http, redis, child = json.loads(owner.stdout.readline())
        assert answers(http)
        owner.kill()
        gone = wait_until(
            lambda: not (answers(http) or answers(redis) or list(tmp_path.iterdir())), 2
        )
    if child > 0:
        assert psutil.pid_exists(child)
        os.kill(child, 9)
    assert gone
