"""Fault rules: which call goes wrong, as pure functions of calls, time and seed."""

from __future__ import annotations

from typing import Any

import pytest

from world.control import BadControl
from world.faults import Capacity, Faults, Rule, chance, parse_capacity, parse_rules


def hits(*rules: Rule, calls: int, model: str | None = None) -> str:
    """Play calls one second apart and write for each the number of the rule that took it."""
    faults = Faults(rules, since=100.0)
    takers = [faults.meet(now=100.0 + i, model=model) for i in range(calls)]
    return "".join("." if rule is None else str(rules.index(rule)) for rule in takers)


def test_no_rule_takes_no_call() -> None:
    """Without rules every call is answered."""
    assert hits(calls=3) == "..."


def test_times_null_is_for_ever() -> None:
    """A rule without `times` takes every call."""
    assert hits(Rule("reset"), calls=5) == "00000"


def test_times_uses_a_rule_up() -> None:
    """After `times` calls a rule takes no more."""
    assert hits(Rule("reset", times=2), calls=5) == "00..."


def test_after_skips_that_many_calls() -> None:
    """`after: 2` lets two calls pass before the rule begins."""
    assert hits(Rule("reset", after=2, times=1), calls=5) == "..0.."


def test_the_first_rule_that_is_not_used_up_applies() -> None:
    """Rules stand in order; the next one has its turn when the one before is used up."""
    assert hits(Rule("status", times=2), Rule("reset", times=1), calls=5) == "001.."


def test_after_counts_calls_that_earlier_rules_took() -> None:
    """`after` counts the calls that fit the rule, whoever took them."""
    assert hits(Rule("status", times=2), Rule("reset", after=2, times=1), calls=5) == "001.."


def test_a_window_is_in_seconds_since_the_rules_were_set() -> None:
    """A rule applies from `from` (included) until `until` (excluded)."""
    assert hits(Rule("reset", starts=1, ends=3), calls=5) == ".00.."


def test_calls_outside_the_window_are_not_counted() -> None:
    """`after` begins to count when the window opens."""
    assert hits(Rule("reset", starts=2, after=1), calls=5) == "...00"


def test_a_rule_for_one_model_leaves_the_others_alone() -> None:
    """A model filter takes calls of that model only."""
    rule = Rule("reset", model="gpt-4o")
    assert hits(rule, calls=2, model="gpt-4o") == "00"
    assert hits(rule, calls=2, model="gpt-4.1") == ".."


def test_probability_is_a_share_of_calls() -> None:
    """With probability 0.3 about three calls in ten go wrong."""
    taken = hits(Rule("reset", probability=0.3), calls=1_000).count("0")
    assert 250 < taken < 350


def test_the_same_seed_takes_the_same_calls() -> None:
    """Chance depends on the seed and the number of the call, and on nothing else."""
    runs = [hits(Rule("reset", probability=0.5, seed=seed), calls=64) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_probability_zero_never_and_one_always() -> None:
    """The ends of the scale are certain."""
    assert hits(Rule("reset", probability=0.0), calls=50) == "." * 50
    assert hits(Rule("reset", probability=1.0), calls=50) == "0" * 50


def test_chance_is_a_number_below_one() -> None:
    """Draws lie in [0, 1) and differ."""
    draws = {chance(5, k) for k in range(100)}
    assert len(draws) == 100
    assert all(0 <= draw < 1 for draw in draws)


def test_only_slow_rules_delay_an_answer() -> None:
    """A slow answer is a second late unless the rule says otherwise; a hang is no delay."""
    late = [
        Rule("slow"),
        Rule("slow", seconds=0.2),
        Rule("slow", seconds=0),
        Rule("hang", seconds=9),
    ]
    assert [rule.late_seconds for rule in late] == [1.0, 0.2, 0.0, 0.0]


def test_rules_survive_the_way_through_json() -> None:
    """What GET shows, counters included, can be PUT again."""
    body = [
        {"kind": "status", "status": 429, "code": "insufficient_quota", "retry_after": 0.5},
        {"kind": "hang", "from": 1, "until": 2.5, "times": 3, "model": "gpt-4o", "seed": -1},
    ]
    faults = Faults(parse_rules(body), since=0.0)
    faults.meet(now=1.0, model="gpt-4o")
    shown = faults.as_json()
    assert [entry["applied"] for entry in shown] == [1, 0]
    assert [entry["seen"] for entry in shown] == [1, 1]
    assert parse_rules(shown) == list(faults.rules)
    assert body[1].items() <= shown[1].items()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "rules[0].kind: missing"),
        ([], "rules[0]: expected an object"),
        ({"kind": "explode"}, "rules[0].kind: expected one of status, reset"),
        ({"kind": ["status"]}, "rules[0].kind"),
        ({"kind": "status", "status": 200}, "rules[0].status: expected a whole number of at least"),
        ({"kind": "status", "status": "500"}, "rules[0].status"),
        ({"kind": "status", "status": True}, "rules[0].status"),
        ({"kind": "reset", "times": -1}, "rules[0].times"),
        ({"kind": "reset", "times": 1.5}, "rules[0].times"),
        ({"kind": "reset", "after": None}, "rules[0].after"),
        ({"kind": "reset", "probability": 1.1}, "rules[0].probability: expected a number of at"),
        ({"kind": "slow", "seconds": "1"}, "rules[0].seconds"),
        ({"kind": "reset", "code": 5}, "rules[0].code: expected a string or null"),
        ({"kind": "reset", "mode": "x"}, "rules[0].mode: unknown field"),
    ],
)
def test_a_bad_rule_is_refused_by_field(entry: Any, message: str) -> None:
    """A rule that cannot be obeyed is refused with the name of the field."""
    with pytest.raises(BadControl) as refusal:
        parse_rules([entry])
    assert str(refusal.value).startswith(message)


def test_rules_are_a_list() -> None:
    """A single rule outside a list is refused."""
    with pytest.raises(BadControl, match="expected a list of rules"):
        parse_rules({"kind": "reset"})


def test_capacity_has_no_limits_by_default() -> None:
    """What a capacity does not name is unlimited or immediate."""
    assert parse_capacity({}) == Capacity(None, None, 0.0, 0.0)


def test_capacity_survives_the_way_through_json() -> None:
    """What GET shows can be PUT again."""
    capacity = Capacity(quota_per_second=2.5, concurrency=4, seconds_per_token=0.001)
    assert parse_capacity(capacity.as_json()) == capacity


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "capacity: expected an object"),
        ({"quota_per_second": 0}, "capacity.quota_per_second"),
        ({"concurrency": -1}, "capacity.concurrency: expected a number of at least 0.001 or null"),
        ({"latency_seconds": None}, "capacity.latency_seconds"),
        ({"latency": 1}, "capacity.latency: unknown field"),
    ],
)
def test_a_bad_capacity_is_refused_by_field(body: Any, message: str) -> None:
    """A capacity that cannot be is refused with the name of the field."""
    with pytest.raises(BadControl) as refusal:
        parse_capacity(body)
    assert str(refusal.value).startswith(message)
