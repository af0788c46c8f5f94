"""From figures to rows: the bars of the limiter, each beside what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.rate_limit.comparison import CASES, Case, Figures, Table
from tests.bench.rate_limit.contest import OURS
from tests.bench.rate_limit.hot_key import WINDOWS
from tests.bench.rate_limit.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.bench.rate_limit.dead_redis import Outage
    from tests.bench.rate_limit.exact_log import Verdict
    from tests.bench.rate_limit.hot_key import Admissions
    from tests.bench.rate_limit.sizes import Sizes

SPEED_BARS: dict[Case, int] = dict(zip(CASES, (3, 4, 2), strict=True))
P99_CASE, P99_BAR = CASES[1], 5
HITS_BYTES, RESERVATION_BYTES, RESERVATION_MS = 1000, 100, 1.0
DECISION_MS, BACK_SECONDS = 50.0, 2.0


def exactness(verdict: Verdict) -> list[Row]:
    """Judge the virtual-time decisions."""
    asked = f"{verdict.decisions:,} decisions, {verdict.settled:,} settled"
    waits = f"waits not exact to 1 ms, of {verdict.waits:,}"
    return [
        _ours(f"wrong, of {asked}", f"{verdict.wrong}", "0", held=verdict.wrong == 0),
        _ours(waits, f"{verdict.inexact_waits}", "0", held=verdict.inexact_waits == 0),
    ]


def hot_key(admissions: Admissions, *, processes: int) -> list[Row]:
    """Judge the key that all processes want."""
    beyond = admissions.beyond() + admissions.twice
    limits = _listed([w.limit for w in WINDOWS])
    asked = f"{len(admissions.at_ms)} of {admissions.asked:,} admitted"
    return [
        _ours(f"beyond a limit, {processes} processes, {asked}", f"{beyond}", "0", held=not beyond),
        Row(f"fullest windows, where {limits} fit", {OURS: _listed(admissions.fullest())}),
    ]


def sizes(found: Mapping[str, Sizes]) -> list[Row]:
    """Judge what a subject costs."""
    ours = found[OURS]
    return [
        Row(
            "bytes of a subject with 100 hits",
            {n: f"{s.hits_bytes:,}" for n, s in found.items()},
            f"<= {HITS_BYTES:,}",
            ours.hits_bytes <= HITS_BYTES,
        ),
        Row(
            "bytes of one 90,000-token reservation",
            {n: f"{s.reservation_bytes:,}" for n, s in found.items()},
            f"<= {RESERVATION_BYTES}",
            ours.reservation_bytes <= RESERVATION_BYTES,
        ),
        Row(
            "ms of that reservation, p50 (others: one)",
            {n: f"{s.reservation_ms:.2f}" for n, s in found.items()},
            f"<= {RESERVATION_MS:g}",
            ours.reservation_ms <= RESERVATION_MS,
        ),
    ]


def speed(table: Table) -> list[Row]:
    """Judge the race."""
    rows = []
    for case in CASES:
        mine = {name: figures for (at, name), figures in table.items() if at == case}
        best = max((f.per_second for n, f in mine.items() if n != OURS), default=0.0)
        times = mine[OURS].per_second / best if best else None
        rows.append(
            Row(
                f"decisions/s, {case.words}",
                {n: f"{f.per_second:,.0f}" for n, f in mine.items()},
                f">= {SPEED_BARS[case]}x",
                times >= SPEED_BARS[case] if times else None,
                f"{times:.1f}x" if times else "",
            )
        )
        rows += [_p99(case, mine), *_costs(mine)]
    return rows


def _p99(case: Case, mine: Mapping[str, Figures]) -> Row:
    """Judge the slowest hundredth where there is a bar for it."""
    figures = {n: f"{f.p99_ms:.1f}" for n, f in mine.items()}
    best = min((f.p99_ms for n, f in mine.items() if n != OURS), default=0.0)
    if case != P99_CASE:
        return Row("  p99 ms", figures)
    share = best / mine[OURS].p99_ms
    held = share >= P99_BAR if best else None
    return Row("  p99 ms", figures, f"<= 1/{P99_BAR}", held, f"1/{share:.1f}" if best else "")


def _costs(mine: Mapping[str, Figures]) -> list[Row]:
    """Say what is measured: the CPU of the client and of the server, and how busy both are."""
    shown: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        (
            "  CPU us a decision, client + server",
            lambda f: f"{f.client_us:.0f} + {f.server_us:.0f}",
        ),
        ("  cores busy, both together", lambda f: f"{f.busy:.2f}"),
        ("  cores busy with anything else", lambda f: f"{f.others:.2f}"),
        ("  admitted", lambda f: f"{f.admitted:.0%}"),
    )
    return [Row(what, {n: show(f) for n, f in mine.items()}) for what, show in shown]


def outage(seen: Outage) -> list[Row]:
    """Judge the dead Redis."""
    longest = f"slowest ms of {len(seen.seconds):,} decisions while Redis hangs"
    return [
        _ours(
            longest,
            f"{seen.longest_ms:.1f}",
            f"<= {DECISION_MS:g}",
            held=seen.longest_ms <= DECISION_MS,
        ),
        _ours(
            "decisions against their tier's policy",
            f"{seen.against_policy}",
            "0",
            held=seen.against_policy == 0,
        ),
        _ours(
            "seconds until Redis is asked again",
            f"{seen.back_seconds:.2f}",
            f"<= {BACK_SECONDS:g}",
            held=seen.back_seconds <= BACK_SECONDS,
        ),
    ]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _ours(what: str, figure: str, bar: str, *, held: bool) -> Row:
    return Row(what, {OURS: figure}, bar, held)
