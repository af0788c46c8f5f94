"""What an owner asks of a keeper, and what the keeper answers: one line of JSON each way."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from world.environment import Addresses
from world.errors import WorldError


@dataclass(frozen=True, slots=True)
class Settings:
    """How the parts behave; the same for `world CMD` and `world.start()`."""

    seed: int = 5
    latency_seconds: float = 0.05
    workload: str | None = None
    appendonly: bool = False
    port: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What to start, and the mark by which the processes of the owner's command are known.

    `standins` names the parts served over HTTP that the environment leads to.
    """

    settings: Settings
    redis: bool = False
    http: bool = False
    standins: tuple[str, ...] = ()
    mark: str | None = None

    def to_line(self) -> str:
        """Return the order as the first line that a keeper reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> Order:
        """Read what `to_line` wrote."""
        data = json.loads(line)
        data["settings"] = Settings(**data["settings"])
        data["standins"] = tuple(data["standins"])
        return cls(**data)


def ready_line(addresses: Addresses) -> str:
    """Return what a keeper says when everything answers."""
    return json.dumps(asdict(addresses))


def error_line(error: WorldError) -> str:
    """Return what a keeper says instead when it cannot start."""
    return json.dumps({"error": str(error)})


def read_answer(line: str) -> Addresses:
    """Read a keeper's answer; raise its error."""
    data = json.loads(line)
    if "error" in data:
        raise WorldError(data["error"])
    return Addresses(**data)
