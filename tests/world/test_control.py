"""The addresses that control a provider: faults, capacity, ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest

from tests.world.asking import Bench, provider
from world.faults import Capacity

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def served() -> Iterator[Bench]:
    """Serve one provider to all tests of this file."""
    with provider() as bench:
        yield bench


@pytest.fixture
def bench(served: Bench) -> Iterator[Bench]:
    """Give each test a provider without faults and without a past."""
    served.set()
    yield served
    served.set()


def test_rules_can_be_read_and_deleted(bench: Bench) -> None:
    """GET shows the rules with their counters, DELETE ends them."""
    bench.set({"kind": "status", "times": 2})
    with pytest.raises(openai.InternalServerError):
        bench.ask()
    (shown,) = bench.control.get("/faults").json()
    assert (shown["kind"], shown["status"], shown["seen"], shown["applied"]) == (
        "status",
        500,
        1,
        1,
    )
    assert bench.control.delete("/faults").json() == bench.control.get("/faults").json() == []
    assert bench.ask().choices


@pytest.mark.parametrize("body", [b"{", b'[{"kind": "no"}]', b'{"kind": "reset"}', b"NaN"])
def test_bad_rules_are_refused_and_change_nothing(bench: Bench, body: bytes) -> None:
    """A bad PUT is 422 with a message; the rules before it stay."""
    bench.set({"kind": "reset"})
    answer = bench.control.put("/faults", content=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    assert len(bench.control.get("/faults").json()) == 1


def test_the_ledger_is_read_from_an_index_on(bench: Bench) -> None:
    """`since` skips the calls that were read; DELETE begins anew."""
    bench.ask()
    seen = bench.control.get("/ledger").json()["next"]
    bench.ask()
    later = bench.control.get("/ledger", params={"since": seen})
    assert len(later.json()["calls"]) == 1
    wrong = bench.control.get("/ledger", params={"since": "-1"})
    assert wrong.status_code == 422
    bench.control.delete("/ledger")
    assert bench.control.get("/ledger").json()["calls"] == []


def test_the_capacity_can_be_read_back(bench: Bench) -> None:
    """GET shows what PUT set; a bad PUT is 422 and changes nothing."""
    capacity = Capacity(quota_per_second=2.5, concurrency=4).as_json()
    bench.control.put("/capacity", json=capacity)
    assert bench.control.get("/capacity").json() == capacity
    refusal = bench.control.put("/capacity", json={"concurrency": "many"})
    assert refusal.status_code == 422
    assert "capacity.concurrency" in refusal.json()["error"]["message"]
    assert bench.control.get("/capacity").json() == capacity
