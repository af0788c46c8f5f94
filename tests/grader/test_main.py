"""The command: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import runpy
import signal
import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from grader import __main__ as command
from grader.__main__ import main
from tests.grader.grading import SUBMISSIONS, submission

if TYPE_CHECKING:
    from pathlib import Path

CANNED = str(SUBMISSIONS / "answers_canned_text")
RUFF = "ruff_finds_nothing"


def test_a_report_is_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table goes to standard output, the same as JSON into a file."""
    file = tmp_path / "report.json"
    assert main([CANNED, "--only", RUFF, "--json", str(file)]) == 0
    assert "passed      4 / 4" in capsys.readouterr().out
    report = json.loads(file.read_text())
    assert (report["version"], report["submission"]) == (1, "answers_canned_text")


def test_without_a_file_the_report_is_only_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The report ends with the total, and says when it is no grade."""
    assert main([CANNED, "--only", RUFF, "--timeout", "60"]) == 0
    assert capsys.readouterr().out.endswith("Only some checks ran: this is no grade.\n")


def test_the_module_is_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m grader` is `grade`, and its exit code is the command's."""
    monkeypatch.setattr("sys.argv", ["grade", "nowhere"])
    with pytest.raises(SystemExit) as leaving:
        runpy.run_path(command.__file__, run_name="__main__")
    assert leaving.value.code == 2
    assert capsys.readouterr().err == "grade: nowhere: no such file or folder\n"


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` shows how it is used."""
    with pytest.raises(SystemExit) as leaving:
        main(["--help"])
    assert leaving.value.code == 0
    assert "grade submission.zip --json report.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["nowhere"], [CANNED, "--only", "cheap"], [CANNED, "--hidden", "nowhere"]],
    ids=["path", "check", "workload"],
)
def test_a_wrong_name_is_a_misuse(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What does not exist is named, on standard error."""
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("grade: ")


@pytest.mark.parametrize(
    "option",
    [["--timeout", "0"], ["--timeout", "x"], ["--json", "/no/where.json"], ["--seed", "x"]],
    ids=" ".join,
)
def test_a_wrong_option_is_a_misuse(option: list[str]) -> None:
    """An option that makes no sense ends before anything is graded."""
    with pytest.raises(SystemExit) as leaving:
        main([CANNED, *option])
    assert leaving.value.code == 2


def test_a_world_that_cannot_start_is_the_graders_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a working Redis nothing is graded, and the exit code says so."""
    fake = tmp_path / "redis-server"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert main([CANNED, "--only", "boots_and_reports_its_health"]) == 1
    assert "redis-server did not start" in capsys.readouterr().err


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """An interrupted run ends at once, and with it what it started."""
    path = submission(tmp_path, "import time\ntime.sleep(60)\n")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    assert main([str(path), "--only", "boots_and_reports_its_health"]) == 130
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
