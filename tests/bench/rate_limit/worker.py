"""A process that measures: an order a line in, a report a line out, both JSON.

    echo '{"job": "hot_key", "url": "redis://localhost", "seconds": 1}' \
        | python -m tests.bench.rate_limit.worker

It runs on uvloop, as the API does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from tests.bench.rate_limit import hot_key, race

Job = Callable[..., Coroutine[Any, Any, dict[str, Any]]]

JOBS: dict[str, Job] = {"hot_key": hot_key.run, "race": race.run}


def main() -> None:
    """Carry out each order."""
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(uvloop.run(JOBS[order.pop("job")](**order))), flush=True)


if __name__ == "__main__":
    main()
