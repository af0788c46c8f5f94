"""The command line of `world`: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.world.outliving import CONFIGURED, run_world
from world.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

PRINT_ENVIRON = "import json, os; print(json.dumps(dict(os.environ)))"


def environ_under(folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """Return the environment of a command under world."""
    done = run_world(folder, sys.executable, "-c", PRINT_ENVIRON, environ=environ)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_standard_output_is_the_commands(tmp_path: Path) -> None:
    """World says one line a stand-in on standard error and nothing on standard output."""
    done = run_world(tmp_path, "echo", "hello")
    assert done.stdout == "hello\n"
    assert [line.split()[1] for line in done.stderr.splitlines()] == [
        "redis", "provider", "sentry", "otlp", "webhook", "page", "admin", "keys",
    ]  # fmt: skip


def test_what_is_configured_gets_no_stand_in(tmp_path: Path) -> None:
    """Variables that are set keep their value, and the provider's two go together."""
    mine = {
        "REDIS_URL": "redis://mine",
        "OPENAI_API_KEY": "real",
        "ADMIN_TOKEN": "t",
        "API_KEYS": "",
    }
    environ = environ_under(tmp_path, mine)
    assert {name: environ[name] for name in mine} == mine
    assert "OPENAI_BASE_URL" not in environ
    assert environ["WORLD_URL"] in environ["SENTRY_DSN"].replace("public@", "")


def test_with_everything_configured_nothing_is_started(tmp_path: Path) -> None:
    """World runs the command and adds nothing."""
    everything = dict.fromkeys(CONFIGURED, "x")
    del everything["WORLD_URL"]
    done = run_world(tmp_path, "sh", "-c", 'echo "${WORLD_URL:-none}"', environ=everything)
    assert (done.stdout, done.stderr) == ("none\n", "")


def test_a_world_inside_a_world_starts_nothing(tmp_path: Path) -> None:
    """The inner one uses the outer one's parts and is silent."""
    inner = [sys.executable, "-m", "world", sys.executable, "-c", PRINT_ENVIRON]
    script = f"import subprocess; print(subprocess.run({inner!r}, capture_output=True, text=True))"
    done = run_world(tmp_path, sys.executable, "-c", script)
    address = next(line for line in done.stderr.splitlines() if "WORLD_URL" in line).split("=")[1]
    assert "stderr=''" in done.stdout
    assert f'"WORLD_URL": "{address}"' in done.stdout


def test_options_reach_the_parts(tmp_path: Path) -> None:
    """Seed, latency and port are what the command line says."""
    script = """
import os
from world.client import facts
known = facts(os.environ["WORLD_URL"])
print(known["seed"], known["capacity"]["latency_seconds"])
"""
    options = ("--seed", "7", "--latency", "0.25")
    done = run_world(tmp_path, *options, sys.executable, "-c", script)
    assert done.stdout == "7 0.25\n"


def test_options_after_the_command_are_the_commands(tmp_path: Path) -> None:
    """`world CMD --seed 1` passes --seed to CMD; `--` ends world's own options."""
    assert run_world(tmp_path, "echo", "--seed", "1").stdout == "--seed 1\n"
    assert run_world(tmp_path, "--", "echo", "--port").stdout == "--port\n"


def test_it_works_from_any_folder(tmp_path: Path) -> None:
    """World and its keeper do not depend on the working folder, nor import from it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "redis.py").write_text("raise SystemExit(1)\n")
    assert run_world(tmp_path, "pwd", cwd=folder).stdout == f"{folder}\n"


def test_a_command_that_does_not_exist_is_127(tmp_path: Path) -> None:
    """One line, and nothing is started for it."""
    done = run_world(tmp_path, "no-such-command", "x")
    assert done.returncode == 127
    assert done.stderr == "world: no-such-command: command not found\n"


def test_no_redis_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world that cannot start says why and exits with 1."""
    fake = tmp_path / "bin"
    fake.mkdir()
    server = fake / "redis-server"
    server.write_text("#!/bin/sh\necho 'cannot run on this machine'\nexit 1\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:/usr/bin:/bin")
    done = run_world(tmp_path, "true")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "cannot run on this machine" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no-command"),
        pytest.param(["--"], id="no-command-after-dashes"),
        pytest.param(["--seed", "x", "true"], id="seed"),
        pytest.param(["--latency", "-1", "true"], id="negative-latency"),
        pytest.param(["--latency", "nan", "true"], id="latency-nan"),
        pytest.param(["--port", "70000", "true"], id="port"),
        pytest.param(["--workload", "/no/such/file", "true"], id="workload"),
        pytest.param(["--no-such-option", "true"], id="unknown-option"),
        pytest.param(["traffic"], id="traffic-without-url"),
    ],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command line that cannot be obeyed says why on standard error."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "error:" in said.err


@pytest.mark.parametrize("arguments", [["--help"], ["traffic", "--help"]], ids=["world", "traffic"])
def test_help_has_an_example(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` shows an example and the exit codes."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "examples:" in said
    assert "exit code:" in said
