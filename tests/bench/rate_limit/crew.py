"""The processes that measure at the same time, started once and used for every slice."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

WORKER = [sys.executable, "-m", "tests.bench.rate_limit.worker"]
STOP_SECONDS = 5.0


class Crew:
    """Workers that carry out one order together."""

    def __init__(self, size: int) -> None:
        self._workers = [_start() for _ in range(size)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.kill()
            worker.communicate(timeout=STOP_SECONDS)

    def order(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        """Give each worker its order, and return their reports."""
        chosen = self._workers[: len(orders)]
        for worker, order in zip(chosen, orders, strict=True):
            _pipe(worker.stdin).write(json.dumps(order) + "\n")
            _pipe(worker.stdin).flush()
        return [_report(worker) for worker in chosen]


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _report(worker: subprocess.Popen[str]) -> dict[str, Any]:
    line = _pipe(worker.stdout).readline()
    if not line:
        raise SystemExit(f"a process of the bench ended early (exit code {worker.wait()})")
    report: dict[str, Any] = json.loads(line)
    return report


def _pipe(pipe: Any) -> Any:
    if pipe is None:
        raise AssertionError("a worker's ends are pipes")
    return pipe
