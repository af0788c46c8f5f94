"""What `bench_rate_limit.py` judges by: it finds a wrong decision, and a missed bar."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from project.patterns.rate_limit import Decision, Window, WindowState
from tests.bench.rate_limit import comparison, contest, hot_key, judge
from tests.bench.rate_limit.comparison import CASES, Figures, Plan
from tests.bench.rate_limit.exact_log import ExactLog, Verdict, exact
from tests.bench.rate_limit.race import subjects
from tests.bench.rate_limit.table import Row, render

MINUTE = Window(2, 60)


def full_log() -> ExactLog:
    """Return a log of two calls, of which the first leaves after 60.001 s."""
    return ExactLog((MINUTE,), [[0, 0], [10_000, 0]])


def refusal(wait_seconds: float) -> Decision:
    """Return a refusal of the third call."""
    states = (WindowState(MINUTE, 0, 1.0),)
    return Decision(
        allowed=False, states=states, retry_after_seconds=wait_seconds, refused_by=MINUTE
    )


def test_a_call_counts_to_the_very_edge() -> None:
    """A call that is exactly as old as the window counts; a millisecond later it does not."""
    log = full_log()
    assert [log.used(MINUTE, ms) for ms in (60_000, 60_001, 70_001)] == [2, 1, 0]


def test_a_clock_that_steps_back_is_not_believed() -> None:
    """The latest admission is the earliest now."""
    assert full_log().now(5) == 10_000


@pytest.mark.parametrize(
    ("wait", "right"), [(30.001, True), (30.0, False), (30.002, False), (math.inf, False)]
)
def test_a_wait_is_exact_to_a_millisecond(wait: float, right: bool) -> None:
    """A wait that is too short or too long by 1 ms is found."""
    assert exact(full_log(), 30_000, 0, refusal(wait)) is right


def test_a_wrong_admission_is_found() -> None:
    """An admission into a full window is a wrong decision."""
    verdict = Verdict()
    verdict.compare(full_log(), 30_000, 0, Decision(allowed=True, states=()))
    assert verdict.wrong == 1


def test_a_wrong_remainder_is_found() -> None:
    """A decision that tells another number than is left is wrong."""
    verdict, log = Verdict(), ExactLog((MINUTE,))
    verdict.compare(log, 0, 0, Decision(allowed=True, states=(WindowState(MINUTE, 2, 0),)))
    assert verdict.wrong == 1


def test_admissions_beyond_a_limit_are_counted() -> None:
    """Three calls in a span where two fit are one too many; the edges belong to the span."""
    assert hot_key.excess([0, 50, 100, 151], 2, 100) == 1
    assert hot_key.fullest([0, 50, 100, 151], 100) == 3


def test_half_of_the_race_admits() -> None:
    """Each subject asks twice as often as it may, whoever is measured."""
    names = subjects(asks=20, seed=5)
    first = [next(names) for _ in range(1000)]
    assert {first.count(name) for name in first} == {20}


def test_the_calmer_rounds_count() -> None:
    """What the machine did besides decides which half of the rounds is left out."""
    rounds = [replace(figures(n, 1), others=n) for n in (3, 1, 2)]
    assert [each.others for each in comparison.calmer(rounds)] == [1, 2]


def test_each_round_begins_with_another_library() -> None:
    """Nobody is always first."""
    plan = Plan(["a", "b"], rounds=2, seconds=0.1)
    turns = [name for case, name in plan.turns() if case == CASES[0]]
    assert turns == ["a", "b", "b", "a"]
    assert len(list(plan.turns())) == plan.slices


def figures(per_second: float, p99_ms: float) -> Figures:
    """Return a library's medians, of which two matter here."""
    return Figures(
        per_second=per_second,
        p50_ms=1,
        p99_ms=p99_ms,
        client_us=1,
        server_us=1,
        busy=1,
        others=0,
        admitted=0.5,
    )


def table(per_second: float, p99_ms: float) -> comparison.Table:
    """Return a race in which the other library decides 1,000 a second, with a p99 of 50 ms."""
    ours, theirs = figures(per_second, p99_ms), figures(1000, 50)
    found = {(case, contest.OURS): ours for case in CASES}
    return found | {(case, "limits"): theirs for case in CASES}


def held(rows: list[Row]) -> list[bool]:
    """Return what became of the bars."""
    return [row.held for row in rows if row.held is not None]


@pytest.mark.parametrize(
    ("per_second", "p99_ms", "bars"),
    [
        (4000, 10, [True, True, True, True]),
        (3999, 10, [True, False, True, True]),
        (4000, 11, [True, True, False, True]),
    ],
    ids=["all held", "too slow at 256", "p99 too long"],
)
def test_a_missed_bar_is_said(per_second: float, p99_ms: float, bars: list[bool]) -> None:
    """Each bar of the race is judged by itself."""
    rows = judge.speed(table(per_second, p99_ms))
    assert held(rows) == bars
    assert ("MISSED" in render(rows, [contest.OURS, "limits"])) is (not all(bars))


def test_alone_nothing_is_compared() -> None:
    """Without the other libraries no bar of the race is held or missed."""
    alone = {key: f for key, f in table(1, 1).items() if key[1] == contest.OURS}
    rows = judge.speed(alone)
    assert held(rows) == []
    assert "not compared" in render(rows, [contest.OURS])
