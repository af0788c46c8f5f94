"""Cost: the bill is true, and a budget holds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grader.check import check, require
from grader.checks.reliability import boots_and_reports_its_health
from world.prices import NANO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.stage import Stage
    from world.ledger import Call

MODEL = "gpt-4o"
MAX_TOKENS = 40  # a call then costs at most 0.0007 USD, a prompt of 100 tokens included
PARALLEL = 60
MOST_CALLS = 80


@check(needs=(boots_and_reports_its_health,))
async def the_bill_equals_the_ledger(stage: Stage) -> None:
    """Bill what the provider charged: the costs of all answers, streamed too, add up to it."""
    caller = stage.caller("wide")
    texts = [stage.novel() for _ in range(6)]
    replies = [await stage.ask(caller, text) for text in (*texts, *texts[:3])]
    replies += [await stage.ask(caller, stage.novel(), model=MODEL, stream=True) for _ in "123"]
    failed = [reply.summary() for reply in replies if reply.status != 200]
    require(not failed, expected="200 for each", actual=", ".join(failed))
    bill, charged = sum(reply.cost for reply in replies), _charged(await stage.calls())
    require(
        bill == charged > 0,
        expected=f"{charged} USD",
        actual=f"{bill} USD",
        hint="take the tokens from the provider's usage, and count in integers or decimals",
    )
    stage.note(f"{len(replies)} answers, {bill} USD")


@check(needs=(boots_and_reports_its_health,))
async def a_spent_budget_refuses_with_402(stage: Stage) -> None:
    """Refuse a tenant whose budget is spent with 402, and not much before."""
    caller = stage.caller("rich")
    asked, reply = 0, None
    while asked < MOST_CALLS and (reply is None or reply.status == 200):
        reply = await stage.ask(caller, stage.novel(), model=MODEL, max_tokens=MAX_TOKENS)
        asked += 1
    require(
        reply is not None and reply.summary() == "402 budget_exceeded",
        expected="402 budget_exceeded in the end",
        actual=f"{reply and reply.summary()} after {asked} calls",
    )
    spent, budget = _charged(await stage.calls()), Decimal(caller.budget_usd or 0)
    stage.note(f"{spent} of {budget} USD spent in {asked - 1} calls")
    require(
        budget / 2 <= spent <= budget,
        expected=f"between half of {budget} USD and all of it spent",
        actual=f"{spent} USD",
        hint="hold the worst case before the call, settle what it really cost after it",
    )


@check(needs=(boots_and_reports_its_health,))
async def parallel_calls_never_overspend(stage: Stage) -> None:
    """Never spend more than the budget, not even in sixty calls at once."""
    caller = stage.caller("rich")
    stage.latency(0.2)
    replies = await stage.burst(caller, PARALLEL, model=MODEL, max_tokens=MAX_TOKENS)
    spent, budget = _charged(await stage.calls()), Decimal(caller.budget_usd or 0)
    answered, refused = (sum(r.status == status for r in replies) for status in (200, 402))
    stage.note(f"{answered} of {PARALLEL} answered, {refused} refused")
    require(
        0 < spent <= budget and refused > 0,
        expected=f"some answered, some refused with 402, at most {budget} USD spent",
        actual=f"{answered} answered, {refused} refused, {spent} USD spent",
        hint="ask and hold in one script, before the call",
    )


@check(needs=(a_spent_budget_refuses_with_402,))
async def cached_and_failed_calls_are_free(stage: Stage) -> None:
    """Charge nothing for an answer from the cache, and nothing for a call that failed."""
    caller, text = stage.caller("poor"), stage.novel()
    fields: dict[str, Any] = {"model": MODEL, "max_tokens": MAX_TOKENS}
    first = await stage.ask(caller, text, **fields)
    require(first.status == 200, expected="200", actual=first.summary())
    repeats = [await stage.ask(caller, text, **fields) for _ in range(8)]
    charged = [reply.summary() for reply in repeats if reply.status != 200 or reply.cost]
    require(not charged, expected="X-Cost-USD of 0 from the cache", actual=", ".join(charged))
    stage.faults(status=400, times=8, model=MODEL)
    failed = [await stage.ask(caller, stage.novel(), **fields) for _ in range(8)]
    refused = [reply.summary() for reply in failed if reply.status != 400]
    require(not refused, expected="400 from the provider, each time", actual=", ".join(refused))
    last = await stage.ask(caller, stage.novel(), **fields)
    require(
        last.status == 200,
        expected="200: most of the budget is still there",
        actual=last.summary(),
        hint="give back what was held when a call fails",
    )


def _charged(calls: Sequence[Call]) -> Decimal:
    """Return what the provider charged, in US dollars."""
    return Decimal(sum(call.cost_nano for call in calls)) / NANO
