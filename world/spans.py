"""One span, whoever sent it: the record behind `/otlp/spans` and the page's waterfall."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["unspecified", "internal", "server", "client", "producer", "consumer"]
Status = Literal["unset", "ok", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A timed piece of work; times in unix seconds, ids in lower-case hex."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str | None
    kind: Kind
    start: float
    end: float
    duration_ms: float
    service: str
    status: Status = "unset"
    status_message: str = ""
    scope: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}
