"""The race: our limiter and theirs in turns on one Redis, so that noise meets all of them alike."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bench.rate_limit.crew import Crew


@dataclass(frozen=True, slots=True)
class Case:
    """How many processes decide at once, and how many callers each has."""

    processes: int
    callers: int

    @property
    def words(self) -> str:
        """Name the case in the table and in the picture."""
        if self.processes == 1:
            return f"{self.callers} callers"
        return f"{self.processes} processes x {self.callers} callers"


CASES = (Case(1, 32), Case(1, 256), Case(4, 32))


@dataclass(frozen=True, slots=True)
class Figures:
    """One library in one case: a slice's figures, or the medians of many slices."""

    per_second: float
    p50_ms: float
    p99_ms: float
    client_us: float
    server_us: float
    busy: float  # CPU seconds a second, of clients and server together
    others: float  # the same, of everything else on this machine
    admitted: float

    @classmethod
    def of(cls, reports: list[dict[str, Any]], server_seconds: float) -> Figures:
        """Sum up what the processes of one slice reported."""
        decisions = sum(r["decisions"] for r in reports)
        seconds = max(r["ended"] for r in reports) - min(r["began"] for r in reports)
        client_seconds = sum(r["cpu_seconds"] for r in reports)
        own_seconds = client_seconds + server_seconds
        return cls(
            per_second=decisions / seconds,
            p50_ms=statistics.median(r["p50_ms"] for r in reports),
            p99_ms=max(r["p99_ms"] for r in reports),
            client_us=client_seconds / decisions * 1e6,
            server_us=server_seconds / decisions * 1e6,
            busy=own_seconds / seconds,
            others=max(0.0, reports[0]["machine_seconds"] - own_seconds) / seconds,
            admitted=sum(r["admitted"] for r in reports) / decisions,
        )

    @classmethod
    def median(cls, rounds: list[Figures]) -> Figures:
        """Return the median of each figure."""
        return cls(*(statistics.median(getattr(r, name) for r in rounds) for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is compared, how often, and for how long each time."""

    names: list[str]
    rounds: int
    seconds: float

    def turns(self) -> Iterator[tuple[Case, str]]:
        """Yield every slice: each round begins with another library."""
        for number in range(self.rounds):
            for case in CASES:
                first = number % len(self.names)
                for name in self.names[first:] + self.names[:first]:
                    yield case, name

    @property
    def slices(self) -> int:
        """How many slices there are."""
        return self.rounds * len(CASES) * len(self.names)


Table = dict[tuple[Case, str], Figures]


def compare(plan: Plan, crew: Crew, url: str, advance: Callable[[], object]) -> Table:
    """Run every slice, and return the medians of each library's calmer rounds."""
    seen: dict[tuple[Case, str], list[Figures]] = {}
    with redis.Redis.from_url(url) as client:
        for case, name in plan.turns():
            client.flushall()
            orders = [_order(case, name, url, plan.seconds, n) for n in range(case.processes)]
            before = _cpu_seconds(client)
            reports = crew.order(*orders)
            figures = Figures.of(reports, _cpu_seconds(client) - before)
            seen.setdefault((case, name), []).append(figures)
            advance()
    return {key: Figures.median(calmer(rounds)) for key, rounds in seen.items()}


def calmer(rounds: list[Figures]) -> list[Figures]:
    """Return the half of the rounds in which the machine did least else."""
    return sorted(rounds, key=lambda each: each.others)[: (len(rounds) + 1) // 2]


def _order(case: Case, name: str, url: str, seconds: float, number: int) -> dict[str, Any]:
    return {
        "job": "race",
        "url": url,
        "name": name,
        "callers": case.callers,
        "seconds": seconds,
        "share": [number, case.processes],
    }


def _cpu_seconds(client: redis.Redis) -> float:
    used: Any = client.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"])
