"""Cache hit rate: answers that need no provider call, and are still the right ones.

A hit is counted at the provider (a call that did not come), and only where the answer names the
intent of the question: a wrong answer is no hit, and takes a right one away.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from grader.check import check, ramp, require
from grader.checks.reliability import boots_and_reports_its_health
from world.workloads import Mix

if TYPE_CHECKING:
    from grader.stage import Stage
    from grader.terms import Caller
    from world.workloads import LookAlike

REPEATS = 8
QUESTIONS = 150
MIX = Mix(exact=0.35, paraphrase=0.25, look_alike=0.1, new=0.3)
NO_HITS, ALL_HITS = 0.10, 0.40
PAIRS = 30
MOST_WRONG = 0.2
SETTLE_SECONDS = 0.1


@check(needs=(boots_and_reports_its_health,))
async def an_exact_repeat_costs_no_provider_call(stage: Stage) -> None:
    """Answer a question that is asked again word for word without a second provider call."""
    caller, text = stage.caller("wide"), stage.novel()
    first = await stage.ask(caller, text)
    await asyncio.sleep(SETTLE_SECONDS)
    again = [await stage.ask(caller, text) for _ in range(REPEATS)]
    calls = len(await stage.calls())
    same = sum(reply.status == 200 and reply.text == first.text for reply in again)
    words = ", ".join(sorted({reply.header("X-Cache")[:20] for reply in again}))
    require(
        first.text != "" and (calls, same, words) == (1, REPEATS, "exact"),
        expected=f"1 provider call for {REPEATS + 1} requests, the same answer, X-Cache: exact",
        actual=f"{calls} calls, {same} of {REPEATS} answers the same, X-Cache: {words}",
        hint="keep answers in Redis under a hash of everything that shapes them",
    )


@check(needs=(boots_and_reports_its_health,))
async def a_stream_of_questions_is_served_from_the_cache(stage: Stage) -> float:
    """Answer 40 % or more of a stream of questions rightly without the provider."""
    caller = stage.caller("wide")
    stream = stage.workload.stream(QUESTIONS, mix=MIX, seed=stage.random.randrange(2**32))
    wrong = 0
    for question in stream:
        reply = await stage.ask(caller, question.text)
        wrong += f"[{question.intent}]" not in reply.text
    right = max(0, QUESTIONS - len(await stage.calls()) - wrong)
    hits = (right - wrong) / QUESTIONS
    repeats = sum(question.kind == "exact" for question in stream) / QUESTIONS
    stage.note(
        f"{right} of {QUESTIONS} were right hits, {wrong} answers were wrong;"
        f" {repeats:.0%} of the stream are exact repeats",
        hint=f"right less wrong: no points at {NO_HITS:.0%}, all at {ALL_HITS:.0%};"
        " paraphrases make the difference",
    )
    return ramp(hits, none_at=NO_HITS, full_at=ALL_HITS)


@check(needs=(an_exact_repeat_costs_no_provider_call,))
async def look_alikes_get_their_own_answers(stage: Stage) -> float:
    """Give two questions that only look alike each their own answer."""
    caller = stage.caller("wide")
    pairs = stage.random.sample(stage.workload.look_alikes, PAIRS)
    wrong = [pair for pair in pairs if not await _kept_apart(stage, caller, pair)]
    stage.note(
        f"{len(wrong)} of {PAIRS} pairs share an answer",
        hint=_example(wrong[0]) if wrong else "",
    )
    return ramp(len(wrong) / PAIRS, none_at=MOST_WRONG, full_at=0.0)


@check(needs=(boots_and_reports_its_health,))
async def tenants_never_share_answers(stage: Stage) -> None:
    """Never answer one tenant with what was kept for another."""
    one, other, text = stage.caller("wide"), stage.caller("wide"), stage.novel()
    for caller in (one, one, other, other):
        reply = await stage.ask(caller, text)
        await asyncio.sleep(SETTLE_SECONDS)
        require(reply.status == 200, expected="200", actual=reply.summary())
    calls = len(await stage.calls())
    require(
        calls == 2,
        expected="2 provider calls: one for each tenant",
        actual=f"{calls}",
        hint="the tenant is part of a cached answer's key",
    )


async def _kept_apart(stage: Stage, caller: Caller, pair: LookAlike) -> bool:
    for asked in (pair.a, pair.b):
        reply = await stage.ask(caller, asked.text)
        if f"[{asked.intent}]" not in reply.text:
            return False
    return True


def _example(pair: LookAlike) -> str:
    return f"they differ by {pair.kind}: {pair.a.text!r} and {pair.b.text!r}"
