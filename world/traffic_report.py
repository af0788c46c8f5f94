"""What happened in a run of traffic, in numbers and as a table.

Three numbers are read together, never one alone: how many answers came from the cache, how many of
the questions were exact repeats (which any cache answers), and how many of the cached answers were
wrong.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from world.drive import Outcome

HITS = ("exact", "semantic", "stale")
NO_HEADER = "(none)"
_TITLES = ("X-Cache", "answers", "share", "p50 ms", "p95 ms", "p99 ms", "wrong", "look-alikes")


@dataclass(frozen=True, slots=True)
class Tier:
    """The good answers with one value of X-Cache; times in milliseconds.

    `wrong` were for another intent than the question's, `unjudged` name no intent, `look_alikes`
    answered a question that only looked like an earlier one.
    """

    answers: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    wrong: int
    unjudged: int
    look_alikes: int


@dataclass(frozen=True, slots=True)
class Report:
    """A run of traffic; rates are shares of the good answers (status 200), 0 if there are none."""

    requests: int
    seconds: float
    statuses: dict[str, int]
    tiers: dict[str, Tier]
    hit_rate: float
    exact_repeat_share: float
    wrong_hits: int
    hits: int
    cost_usd: str
    degraded: int
    complete: bool

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON shows it."""
        return asdict(self)


def summarize(outcomes: Sequence[Outcome], *, seconds: float, complete: bool) -> Report:
    """Count what happened."""
    good = [outcome for outcome in outcomes if outcome.status == 200]
    names = sorted({outcome.cache or NO_HEADER for outcome in good}, key=_place)
    tiers = {name: _tier([o for o in good if (o.cache or NO_HEADER) == name]) for name in names}
    hits = [tier for name, tier in tiers.items() if name in HITS]
    repeats = sum(outcome.question.kind == "exact" for outcome in good)
    return Report(
        requests=len(outcomes),
        seconds=round(seconds, 3),
        statuses=dict(sorted(Counter(_status(outcome) for outcome in outcomes).items())),
        tiers=tiers,
        hit_rate=_share(sum(tier.answers for tier in hits), len(good)),
        exact_repeat_share=_share(repeats, len(good)),
        wrong_hits=sum(tier.wrong for tier in hits),
        hits=sum(tier.answers for tier in hits),
        cost_usd=f"{sum((o.cost_usd for o in outcomes), Decimal(0)):f}",
        degraded=sum(outcome.degraded is not None for outcome in outcomes),
        complete=complete,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def table(report: Report) -> str:
    """Return the report as people read it."""
    rate = report.requests / report.seconds if report.seconds else 0.0
    ended = "" if report.complete else ", stopped when the time was over"
    statuses = ", ".join(f"{status}: {n}" for status, n in report.statuses.items()) or "none"
    return "\n".join(
        [
            f"{report.requests} requests in {report.seconds:.1f} s ({rate:.0f}/s){ended}",
            f"status      {statuses}",
            "",
            *_rows(report),
            "",
            f"hit rate    {report.hit_rate:.1%}",
            f"repeats     {report.exact_repeat_share:.1%} of these questions were exact repeats",
            f"wrong hits  {report.wrong_hits} of {report.hits}",
            f"cost        ${report.cost_usd}",
            f"degraded    {report.degraded}",
        ]
    )


def _tier(outcomes: Sequence[Outcome]) -> Tier:
    times = [outcome.seconds * 1_000 for outcome in outcomes]
    p50, p95, p99 = (round(percentile(times, share), 1) for share in (0.5, 0.95, 0.99))
    judged = [outcome for outcome in outcomes if outcome.intent is not None]
    return Tier(
        answers=len(outcomes),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        wrong=sum(outcome.intent != outcome.question.intent for outcome in judged),
        unjudged=len(outcomes) - len(judged),
        look_alikes=sum(outcome.question.kind == "look_alike" for outcome in outcomes),
    )


def _rows(report: Report) -> list[str]:
    good = sum(tier.answers for tier in report.tiers.values())
    rows = [
        (
            name,
            str(tier.answers),
            f"{_share(tier.answers, good):.1%}",
            *(f"{ms:.1f}" for ms in (tier.p50_ms, tier.p95_ms, tier.p99_ms)),
            str(tier.wrong) + (f" (+{tier.unjudged} unjudged)" if tier.unjudged else ""),
            str(tier.look_alikes),
        )
        for name, tier in report.tiers.items()
    ]
    widths = [max(map(len, column)) for column in zip(_TITLES, *rows, strict=True)]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in (_TITLES, *rows)]


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *rest = zip(cells, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]


def _status(outcome: Outcome) -> str:
    return str(outcome.status) if outcome.status else outcome.error or "no answer"


def _place(name: str) -> tuple[int, str]:
    order = (*HITS, "miss", "bypass")
    return (order.index(name) if name in order else len(order), name)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
