"""The contract of lab 1's limiter: kept by the module and by the notebook, by no wrong twin."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labs.kit.module import module_of
from project.patterns import rate_limit
from tests.solutions.rate_limit_contract import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis

    from tests.solutions.rate_limit_contract import Clause, Make

ROOT = Path(__file__).resolve().parents[2]
TWINS = ROOT / "tests" / "wrong_twins" / "rate_limit"

# Each wrong twin, and the clauses that it breaks.
BROKEN = {
    "fixed_window": {
        "test_no_minute_holds_more_wherever_it_begins",
        "test_a_refusal_says_when_to_come_back",
        "test_what_was_not_used_comes_back",
    },
    "check_then_add": {"test_callers_at_once_do_not_race", "test_what_was_not_used_comes_back"},
    "client_clock": {"test_a_fast_clock_admits_nobody"},
    "refusals_recorded": {
        "test_a_refusal_leaves_no_trace",
        "test_a_refusal_costs_no_other_window",
        "test_a_refusal_says_when_to_come_back",
        "test_what_was_not_used_comes_back",
    },
    "no_ttl": {"test_every_key_ends"},
    "two_calls": {"test_a_refusal_costs_no_other_window"},
    "off_by_one": {
        "test_a_burst_admits_exactly_the_limit",
        "test_no_minute_holds_more_wherever_it_begins",
        "test_a_refusal_leaves_no_trace",
        "test_a_refusal_costs_no_other_window",
        "test_callers_at_once_do_not_race",
        "test_a_fast_clock_admits_nobody",
        "test_a_refusal_says_when_to_come_back",
    },
    "one_shared_bucket": {"test_tenants_do_not_share"},
}

each_clause = pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)


@each_clause
async def test_the_module_keeps_the_contract(clause: Clause, redis: Redis) -> None:
    """What the API runs is right."""
    await clause(rate_limit.RateLimiter, redis)


@pytest.fixture(scope="module")
def notebooks_limiter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Import what the solved notebook exports."""
    path = tmp_path_factory.mktemp("exported") / "exported_rate_limit.py"
    text = module_of(ROOT / "solutions" / "01_rate_limiting.ipynb").text
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.RateLimiter
    del sys.modules[path.stem]


@each_clause
async def test_the_notebook_keeps_the_contract(
    clause: Clause, redis: Redis, notebooks_limiter: Make
) -> None:
    """What a student builds is right, when the exercises are solved as the notebook solves them."""
    await clause(notebooks_limiter, redis)


@pytest.mark.parametrize("name", BROKEN)
async def test_a_wrong_twin_breaks_what_it_gets_wrong(name: str, redis: Redis) -> None:
    """Each twin fails by name, and only where it is wrong; it never fails to load or to run."""
    twin: Make = importlib.import_module(f"tests.wrong_twins.rate_limit.{name}").RateLimiter
    broken = set()
    for clause in CONTRACT:
        await redis.flushall()
        try:
            await clause(twin, redis)
        except AssertionError:
            broken.add(clause.__name__)
    assert broken == BROKEN[name]


def test_every_twin_is_in_the_table() -> None:
    """A twin that nobody runs proves nothing."""
    assert {path.stem for path in TWINS.glob("*.py")} == BROKEN.keys()
    assert all(BROKEN.values())


def test_every_clause_is_broken_by_a_twin() -> None:
    """A clause that no twin breaks may be one that nothing can break."""
    broken = {name for names in BROKEN.values() for name in names}
    assert {clause.__name__ for clause in CONTRACT} - broken == set()
