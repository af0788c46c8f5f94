"""Logs as one JSON object a line, on stderr; prompts and keys are never part of it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import orjson


class JsonLines(logging.Formatter):
    """Writes a record's message and its `fields`, `log.info("request", extra={"fields": ...})`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; an exception is named by its type, for its text may quote a caller."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return orjson.dumps(line, default=str).decode()


def configure() -> None:
    """Give this package's loggers one handler of their own."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("project")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
