"""Logs are one JSON object a line, and say nothing that a caller wrote."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from project import logs
from project.logs import JsonLines

if TYPE_CHECKING:
    import pytest


def line_of(message: str, *args: object, **extra: Any) -> dict[str, Any]:
    """Return a record as the formatter writes it, read again."""
    kind, exc = logging.getLogger().makeRecord, extra.pop("exc_info", None)
    record = kind("project.x", logging.WARNING, "file", 1, message, args, exc, extra=extra)
    text = JsonLines().format(record)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_record_is_one_object() -> None:
    """Time in UTC, level, logger, message, and the fields that were given."""
    line = line_of("what\n%s", "happened", fields={"tenant": "shop", "ms": 1.5, "odd": {1}})
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "project.x",
        "message": "what\nhappened",
        "tenant": "shop",
        "ms": 1.5,
        "odd": "{1}",
    }


def test_an_exception_is_named_and_not_quoted() -> None:
    """Its text may hold a prompt."""
    try:
        int("what the caller wrote")
    except ValueError:
        line = line_of("it failed", exc_info=sys.exc_info())
    assert line["error"] == "ValueError"
    assert "caller" not in json.dumps(line)


def test_without_an_exception_there_is_no_error() -> None:
    """Also where a logger was asked for one that was not there."""
    assert "error" not in line_of("fine", exc_info=(None, None, None))


def test_configured_twice_logs_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package has one handler of its own, and passes nothing on."""
    logger = logging.getLogger("project")
    for name, value in (("handlers", []), ("propagate", True), ("level", logger.level)):
        monkeypatch.setattr(logger, name, value)
    logs.configure()
    logs.configure()
    logging.getLogger("project.requests").info("request", extra={"fields": {"n": 1}})
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["n"] == 1
