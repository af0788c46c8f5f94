"""The rate limiter against its bars, and beside `limits` and `pyrate-limiter`.

    python tests/bench/bench_rate_limit.py [--quick]

Every figure is taken in this run, on a Redis of its own, the libraries in turns; of each one the
calmer rounds count. The exit code is 1 when a bar is missed. Run it on a quiet machine: ours keeps
two cores busy, and loses more than they do when one is taken; the table says how much that was.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
import uvloop
from tqdm import tqdm

from tests.bench.rate_limit import comparison, dead_redis, exact_log, judge, sizes
from tests.bench.rate_limit.comparison import Plan
from tests.bench.rate_limit.contest import OURS, missing, present
from tests.bench.rate_limit.crew import Crew
from tests.bench.rate_limit.hot_key import Admissions
from tests.bench.rate_limit.picture import draw
from tests.bench.rate_limit.table import Row, render
from world.redis import RedisServer

if TYPE_CHECKING:
    from tests.bench.rate_limit.sizes import Sizes

PICTURE = Path(__file__).parents[2] / "reports" / "rate_limit.png"
HOT_PROCESSES = 8
STEP = 1000  # decisions, as one step of the progress bar


class Run:
    """One run: how much it measures, and how far it is."""

    def __init__(self, *, quick: bool) -> None:
        self.names = present()
        self._plan = Plan(self.names, 3, 0.15) if quick else Plan(self.names, 7, 0.5)
        self._decisions = 10_000 if quick else 100_000
        self._hot_seconds = 1.0 if quick else 4.0
        steps = self._decisions // STEP + self._plan.slices + len(self.names) + 2
        self._bar = tqdm(total=steps, unit="step", leave=False, disable=None)
        self._decided = 0

    def rows(self, server: RedisServer) -> list[Row]:
        """Measure everything, draw it, and return the table."""
        with Crew(HOT_PROCESSES) as crew, self._bar:
            rows = [*self._exactness(server.url), *self._hot_key(crew, server.url)]
            found = self._sizes(server.url)
            self._bar.set_description("comparison")
            table = comparison.compare(self._plan, crew, server.url, self._bar.update)
            rows += [*judge.sizes(found), *judge.speed(table), *self._outage(server)]
        draw(table, found, PICTURE)
        return rows

    def _exactness(self, url: str) -> list[Row]:
        self._bar.set_description("exactness")
        return judge.exactness(uvloop.run(exact_log.compare(url, self._decisions, self._count)))

    def _count(self) -> None:
        """Count one decision: a thousand are a step."""
        self._decided += 1
        self._bar.update(self._decided % STEP == 0)

    def _hot_key(self, crew: Crew, url: str) -> list[Row]:
        self._bar.set_description("one hot key")
        order = {"job": "hot_key", "url": url, "seconds": self._hot_seconds}
        admissions = Admissions.of(crew.order(*[order] * HOT_PROCESSES))
        self._bar.update()
        return judge.hot_key(admissions, processes=HOT_PROCESSES)

    def _sizes(self, url: str) -> dict[str, Sizes]:
        self._bar.set_description("sizes")
        found = {}
        for name in self.names:
            found[name] = uvloop.run(sizes.measure(name, url))
            self._bar.update()
        return found

    def _outage(self, server: RedisServer) -> list[Row]:
        self._bar.set_description("dead Redis")
        seen = uvloop.run(dead_redis.measure(server))
        self._bar.update()
        return judge.outage(seen)


def surroundings(url: str) -> str:
    """Say on what this was measured."""
    with redis.Redis.from_url(url) as client:
        info: Any = client.info("server")
    versions = [f"{name} {metadata.version(name)}" for name in present() if name != OURS]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()} on uvloop"
    return ", ".join([machine, f"Redis {info['redis_version']}", *versions])


def main() -> int:
    """Run, print the table, and return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, in 15 s")
    run = Run(quick=parser.parse_args().quick)
    if missing():
        print(f"not installed, so not compared: {', '.join(missing())} (extra `bench`)")
    server = RedisServer()
    with server:
        rows = run.rows(server)
        print(surroundings(server.url))
    print(render(rows, run.names))
    print(f"drawn in {PICTURE.parent.name}/{PICTURE.name}")
    return int(any(row.held is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
