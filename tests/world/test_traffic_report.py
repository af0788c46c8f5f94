"""The numbers of a run of traffic, from outcomes that are written down here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from world.drive import Outcome
from world.traffic_report import percentile, summarize, table
from world.workloads import Question

REPEAT = Question("where is it", "order_status", "exact")
TWIN = Question("send 30 lamps", "lamps.30", "look_alike")
NEW = Question("open on sunday?", "opening", "new")


def outcome(question: Question, cache: str, intent: str | None, **more: Any) -> Outcome:
    """Return a good answer in 10 ms that costs a cent."""
    fields: dict[str, Any] = {"seconds": 0.01, "status": 200, "cost_usd": Decimal("0.01")}
    return Outcome(question, cache=cache, intent=intent, **(fields | more))


OUTCOMES = [
    outcome(NEW, "miss", "opening", seconds=0.5),
    outcome(REPEAT, "exact", "order_status"),
    outcome(REPEAT, "exact", "order_status", degraded="limits"),
    outcome(TWIN, "semantic", "lamps.3"),
    outcome(NEW, "semantic", None),
    Outcome(NEW, 0.001, status=429, retry_after=2),
    Outcome(NEW, 0.001, error="ClientConnectorError"),
]


def test_the_numbers_stand_side_by_side() -> None:
    """Hit rate, repeats and wrong hits are shares of the good answers."""
    report = summarize(OUTCOMES, seconds=2, complete=True)
    assert report.statuses == {"200": 5, "429": 1, "ClientConnectorError": 1}
    assert (report.hit_rate, report.exact_repeat_share) == (0.8, 0.4)
    assert (report.wrong_hits, report.hits) == (1, 4)
    assert (report.cost_usd, report.degraded, report.requests) == ("0.05", 1, 7)


def test_wrong_answers_are_counted_for_each_tier() -> None:
    """An answer with another intent is wrong, one without any is unjudged."""
    tiers = summarize(OUTCOMES, seconds=2, complete=True).tiers
    assert list(tiers) == ["exact", "semantic", "miss"]
    assert (tiers["exact"].wrong, tiers["exact"].unjudged) == (0, 0)
    assert (tiers["semantic"].wrong, tiers["semantic"].unjudged) == (1, 1)
    assert tiers["semantic"].look_alikes == 1
    assert tiers["miss"].p99_ms == 500


def test_the_table_is_read_by_people() -> None:
    """One line a number, one row a tier."""
    text = table(summarize(OUTCOMES, seconds=2, complete=False))
    assert text == (
        "7 requests in 2.0 s (4/s), stopped when the time was over\n"
        "status      200: 5, 429: 1, ClientConnectorError: 1\n"
        "\n"
        "X-Cache   answers  share  p50 ms  p95 ms  p99 ms            wrong  look-alikes\n"
        "exact           2  40.0%    10.0    10.0    10.0                0            0\n"
        "semantic        2  40.0%    10.0    10.0    10.0  1 (+1 unjudged)            1\n"
        "miss            1  20.0%   500.0   500.0   500.0                0            0\n"
        "\n"
        "hit rate    80.0%\n"
        "repeats     40.0% of these questions were exact repeats\n"
        "wrong hits  1 of 4\n"
        "cost        $0.05\n"
        "degraded    1"
    )


def test_nothing_happened_is_a_report_too() -> None:
    """Without any outcome every number is zero."""
    report = summarize([], seconds=0, complete=False)
    assert (report.requests, report.hit_rate, report.tiers) == (0, 0.0, {})
    assert "0 requests" in table(report)


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1, 100), (0.001, 1)]
)
def test_percentiles_are_nearest_ranks(share: float, value: int) -> None:
    """A percentile is one of the values."""
    assert percentile(list(range(1, 101)), share) == value
