"""A workload small enough to read, for tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from world.workloads import Workload

if TYPE_CHECKING:
    from pathlib import Path


def contents(*, intents: int = 4, phrasings: int = 5, pairs: int = 3, singles: int = 3) -> Any:
    """Return the contents of a workload file of this size."""
    return {
        "name": "small",
        "shop": "A shop for tests.",
        "intents": [
            {
                "id": f"intent_{i}",
                "answer": f"Answer {i}.",
                "phrasings": [f"Phrasing {k} of {i}" for k in range(phrasings)],
            }
            for i in range(intents)
        ],
        "look_alikes": [
            {
                "kind": "number",
                "a": {"text": f"send {i} lamps", "intent": f"lamps.{i}"},
                "b": {"text": f"send {i}0 lamps", "intent": f"lamps.{i}0"},
            }
            for i in range(1, pairs + 1)
        ],
        "singles": [{"text": f"only once {i}", "intent": f"single.{i}"} for i in range(singles)],
    }


def written(folder: Path, data: object) -> Path:
    """Write a workload file and return its path."""
    path = folder / "workload.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def loaded(folder: Path, **sizes: int) -> Workload:
    """Return a workload of this size."""
    return Workload.load(written(folder, contents(**sizes)))
