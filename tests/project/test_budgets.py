"""Nobody spends more than a budget, however many ask at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from project.budgets import Budgets, now_utc
from project.errors import BudgetExceeded
from project.settings import Budget

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from project.redis_link import RedisLink

DAY = Budget("shop", 1_000, "day")
MONTH = Budget("shop", 1_500, "month")
EVERYBODY = Budget("global", 1_200, "day")
OTHERS = Budget("*", 300, "day")
TODAY = "ai:budget:{spent}:tenant:shop:2026-11-30"
THIS_MONTH = "ai:budget:{spent}:tenant:shop:2026-11"


@dataclass
class Calendar:
    """A time that a test sets."""

    now: datetime = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


def budgets(link: RedisLink, *rules: Budget, calendar: Calendar | None = None) -> Budgets:
    """Build budgets on the last evening of a month."""
    return Budgets(link, rules, clock=calendar or Calendar())


async def sums(redis: Redis) -> dict[str, int]:
    """Return every sum that is kept."""
    keys = sorted(await redis.keys())
    return {key.decode(): int(await redis.get(key) or 0) for key in keys if isinstance(key, bytes)}


async def holds(shop: Budgets, amount: int, tenant: str = "shop") -> bool:
    """Say whether an amount could be held."""
    try:
        await shop.hold(tenant, amount)
    except BudgetExceeded:
        return False
    return True


async def test_parallel_holds_never_overspend(link: RedisLink) -> None:
    """Of a hundred calls that may cost 30 each, 33 fit into 1,000."""
    shop = budgets(link, DAY)
    held = await asyncio.gather(*(holds(shop, 30) for _ in range(100)))
    assert sum(held) == 33
    assert [await holds(shop, amount) for amount in (11, 10, 1, 0)] == [False, True, False, True]


async def test_a_settled_hold_frees_the_rest(link: RedisLink, redis: Redis) -> None:
    """To the unit: held 600, spent 123."""
    shop = budgets(link, DAY, MONTH)
    hold = await shop.hold("shop", 600)
    assert not await holds(shop, 401)
    await shop.settle(hold, 123)
    assert await sums(redis) == {TODAY: 123, THIS_MONTH: 123}
    assert [await holds(shop, 877), await holds(shop, 1)] == [True, False]


@pytest.mark.parametrize("spent", [0, 599, 600, 601, 5_000])
async def test_what_was_really_spent_is_what_counts(
    link: RedisLink, redis: Redis, spent: int
) -> None:
    """Nothing, less, and more than was held."""
    shop = budgets(link, DAY)
    await shop.settle(await shop.hold("shop", 600), spent)
    assert await sums(redis) == {TODAY: spent}


async def test_many_settle_at_once_to_the_unit(link: RedisLink, redis: Redis) -> None:
    """Fifty calls in parallel leave the exact sum."""
    shop = budgets(link, Budget("shop", 10**15, "day"))

    async def call(n: int) -> None:
        await shop.settle(await shop.hold("shop", 1_000_000), n)

    await asyncio.gather(*(call(n) for n in range(50)))
    assert await sums(redis) == {TODAY: sum(range(50))}


@pytest.mark.parametrize(
    ("rules", "spent"),
    [([DAY, MONTH], 900), ([MONTH, DAY], 900), ([Budget("shop", 9_999, "day"), EVERYBODY], 1_100)],
    ids=["the day refuses", "the day refuses, asked last", "the global one refuses"],
)
async def test_all_budgets_are_taken_from_or_none(
    link: RedisLink, redis: Redis, rules: list[Budget], spent: int
) -> None:
    """A refusal by one changes no other."""
    shop = budgets(link, *rules)
    await shop.hold("shop", spent)
    before = await sums(redis)
    assert len(before) == 2
    assert not await holds(shop, 200)
    assert await sums(redis) == before


@pytest.mark.parametrize(
    ("rule", "told"),
    [(DAY, "your budget of the day"), (EVERYBODY, "this service's budget of the day")],
)
async def test_a_refusal_says_whose_budget_it_is(link: RedisLink, rule: Budget, told: str) -> None:
    """The caller is told 402, and for how long at most."""
    with pytest.raises(BudgetExceeded, match=told) as caught:
        await budgets(link, rule).hold("shop", 2_000)
    assert caught.value.http_status == 402


async def test_a_tenant_without_a_budget_of_its_own_has_that_of_the_others(
    link: RedisLink,
) -> None:
    """`*` is for each other tenant, not for all of them together."""
    all_rules = budgets(link, DAY, OTHERS)
    assert await holds(all_rules, 900)
    assert [await holds(all_rules, 200, t) for t in ("b", "b", "c")] == [True, False, True]


async def test_without_a_budget_everything_is_held(link: RedisLink, redis: Redis) -> None:
    """No rule, no key, nothing to settle."""
    free = budgets(link, DAY)
    hold = await free.hold("bank", 10**15)
    await free.settle(hold, 5)
    assert await sums(redis) == {}


async def test_a_call_that_crosses_midnight_is_settled_where_it_was_held(
    link: RedisLink, redis: Redis
) -> None:
    """The old day has what was spent; the new day and month begin with nothing."""
    calendar = Calendar()
    shop = budgets(link, DAY, MONTH, calendar=calendar)
    hold = await shop.hold("shop", 900)
    calendar.now = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)
    assert await holds(shop, 1_000)
    await shop.settle(hold, 70)
    kept = await sums(redis)
    assert (kept[TODAY], kept[THIS_MONTH]) == (70, 70)
    assert sorted(kept.values()) == [70, 70, 1_000, 1_000]


async def test_sums_outlive_their_period_and_no_longer(link: RedisLink, redis: Redis) -> None:
    """A day's sum lives two days, a month's forty; settling changes nothing of that."""
    shop = budgets(link, DAY, MONTH)
    await shop.settle(await shop.hold("shop", 5), 3)
    assert 86_400 < await redis.ttl(TODAY) <= 2 * 86_400
    assert 31 * 86_400 < await redis.ttl(THIS_MONTH) <= 40 * 86_400


async def test_a_sum_that_redis_lost_is_not_brought_back_below_nothing(
    link: RedisLink, redis: Redis
) -> None:
    """A hold that is settled after a flush leaves no negative sum, and no key without an end."""
    shop = budgets(link, DAY, MONTH)
    hold = await shop.hold("shop", 900)
    await redis.flushall()
    await redis.script_flush()
    await shop.settle(hold, 70)
    assert await sums(redis) == {}
    assert await holds(shop, 1_000)


def test_days_begin_in_utc() -> None:
    """Wherever the worker runs."""
    assert now_utc().tzinfo is UTC
