"""Faults are data: rules that say which call goes wrong and how, and a provider's capacity.

Three calls fail with 503, the fourth is answered:

    faults = Faults(parse_rules([{"kind": "status", "status": 503, "times": 3}]), since=0.0)
    faults.meet(now=0.0, model="gpt-4o")  ->  the rule
    faults.meet(...)                      ->  None, from the fourth call on

A call meets every rule whose model and time window fit it, whether or not an earlier rule takes
it: `after: 5` means "from the sixth such call on", whatever stands before it. Of the rules that
want the call, the first takes it. Nothing here reads a clock or a global random state: the time is
passed in, and the chance of the k-th call of a rule is a function of the rule's seed and k.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import inf
from typing import TYPE_CHECKING, Any, Literal, get_args

from world.control import BadControl, Field, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["status", "reset", "hang", "slow", "cut", "broken_json"]
KINDS: tuple[str, ...] = get_args(Kind)
SLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to go wrong.

    `status`, `code` and `retry_after` (seconds) belong to kind "status". `seconds` is how late a
    "slow" answer begins (None: one second) and how long a "hang" lasts (None: until the caller
    leaves). `times` None is for ever; `starts` and `ends` are seconds since the rule was set.
    """

    kind: Kind
    status: int = 500
    code: str | None = None
    retry_after: float | None = None
    seconds: float | None = None
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    starts: float | None = None
    ends: float | None = None
    seed: int = 0
    model: str | None = None

    def fits(self, *, elapsed: float, model: str | None) -> bool:
        """Tell whether a call of this model, `elapsed` seconds after the PUT, is this rule's."""
        begun = self.starts is None or elapsed >= self.starts
        over = self.ends is not None and elapsed >= self.ends
        return begun and not over and self.model in (None, model)

    def wants(self, *, seen: int, applied: int) -> bool:
        """Tell whether the rule takes its `seen`-th call (from 1) after taking `applied`."""
        if seen <= self.after or (self.times is not None and applied >= self.times):
            return False
        return self.probability >= 1 or chance(self.seed, seen) < self.probability

    @property
    def late_seconds(self) -> float:
        """How much later than usual the answer begins."""
        if self.kind != "slow":
            return 0.0
        return SLOW_SECONDS if self.seconds is None else self.seconds

    def as_json(self) -> dict[str, Any]:
        """Return the rule as it was PUT, defaults filled in."""
        return {name: getattr(self, _ATTRIBUTES.get(name, name)) for name in _RULE_FIELDS}


class Faults:
    """The rules in force, and how often each was met and applied."""

    def __init__(self, rules: Sequence[Rule] = (), *, since: float) -> None:
        self.rules = tuple(rules)
        self._since = since
        self._seen = [0] * len(self.rules)
        self._applied = [0] * len(self.rules)

    def meet(self, *, now: float, model: str | None) -> Rule | None:
        """Count one call and return the rule that takes it, or None."""
        taker = None
        for i, rule in enumerate(self.rules):
            if not rule.fits(elapsed=now - self._since, model=model):
                continue
            self._seen[i] += 1
            if taker is None and rule.wants(seen=self._seen[i], applied=self._applied[i]):
                self._applied[i] += 1
                taker = rule
        return taker

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rules with what they have done: `seen` calls, `applied` to so many."""
        counts = zip(self.rules, self._seen, self._applied, strict=True)
        return [rule.as_json() | {"seen": seen, "applied": done} for rule, seen, done in counts]


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much the provider can take; the default is everything, at once.

    Over `quota_per_second` calls are refused with 429. With more than `concurrency` calls in
    progress every answer takes proportionally longer (a brown-out). `latency_seconds` is the time
    to the first token, `seconds_per_token` the time for each one; 0 does not wait at all.
    """

    quota_per_second: float | None = None
    concurrency: float | None = None
    latency_seconds: float = 0.0
    seconds_per_token: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the capacity as `GET /capacity` shows it."""
        return {name: getattr(self, name) for name in _CAPACITY_FIELDS}


def parse_rules(body: Any) -> list[Rule]:
    """Return the rules of a PUT body, or raise BadControl naming the field that is wrong."""
    if not isinstance(body, list):
        raise BadControl("faults: expected a list of rules")
    return [_parse_rule(f"rules[{i}]", entry) for i, entry in enumerate(body)]


def parse_capacity(body: Any) -> Capacity:
    """Return the capacity of a PUT body; what it does not name has no limit and no delay."""
    return Capacity(**checked("capacity", body, _CAPACITY_FIELDS))


def chance(seed: int, k: int) -> float:
    """Return a number in [0, 1) that depends on nothing but the seed and k."""
    digest = blake2b(b"%d:%d" % (seed, k), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def _parse_rule(where: str, entry: Any) -> Rule:
    # What GET shows can be PUT again: the counters are read, and begin anew.
    fields = checked(where, entry, _RULE_FIELDS | _COUNTERS)
    if "kind" not in fields:
        raise BadControl(f"{where}.kind: missing, expected one of {', '.join(KINDS)}")
    named = {_ATTRIBUTES.get(name, name): fields[name] for name in fields.keys() - _COUNTERS.keys()}
    return Rule(**named)


# "from" is a word of Python.
_ATTRIBUTES = {"from": "starts", "until": "ends"}
_COUNTERS = {"seen": Field.whole(0), "applied": Field.whole(0)}
_RULE_FIELDS: dict[str, Field] = {
    "kind": Field.one_of(KINDS),
    "status": Field.whole(400, 599),
    "code": Field.text(nullable=True),
    "retry_after": Field.number(0, nullable=True),
    "seconds": Field.number(0, nullable=True),
    "times": Field.whole(0, nullable=True),
    "after": Field.whole(0),
    "probability": Field.number(0, 1),
    "from": Field.number(0, nullable=True),
    "until": Field.number(0, nullable=True),
    "seed": Field.whole(-inf),
    "model": Field.text(nullable=True),
}
_CAPACITY_FIELDS: dict[str, Field] = {
    "quota_per_second": Field.number(0.001, 1_000_000, nullable=True),
    "concurrency": Field.number(0.001, nullable=True),
    "latency_seconds": Field.number(0, 3_600),
    "seconds_per_token": Field.number(0, 60),
}
