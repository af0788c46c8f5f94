"""Reliability: limits that hold over workers, failures that are recovered or told honestly."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from grader.check import check, require
from grader.client import together
from grader.stage import until
from grader.terms import BEREFT, QUICK_SECONDS

if TYPE_CHECKING:
    from grader.client import Reply
    from grader.stage import Stage
    from grader.terms import Caller

BURST = 30
MOST_ATTEMPTS = 10
# So many refusals would fill the long window of the quick tier, 100 in 60 s, if they counted.
REFUSALS = 95
BACK_SECONDS = 3.0


@check()
async def boots_and_reports_its_health(stage: Stage) -> None:
    """Boot, and report health: /livez and /readyz answer 200."""
    for path in ("/livez", "/readyz"):
        reply = await stage.get(path)
        require(reply.status == 200, expected=f"{path} answers 200", actual=reply.summary())


@check(needs=(boots_and_reports_its_health,))
async def a_burst_over_two_workers_admits_exactly_the_limit(stage: Stage) -> None:
    """Admit exactly the limit of a burst of 30 concurrent requests over two workers."""
    for kind in ("strict", "strict", "strict", "odd"):
        caller = stage.caller(kind)
        replies = await stage.burst(caller, BURST)
        admitted = sum(reply.status == 200 for reply in replies)
        refused = sum(reply.status == 429 for reply in replies)
        require(
            (admitted, refused) == (caller.limit, BURST - caller.limit),
            expected=f"{caller.limit} answered, {BURST - caller.limit} refused with 429",
            actual=f"{admitted} answered, {refused} refused",
            hint="read RATE_LIMITS, and count in Redis in one script: workers share no memory",
        )
        stage.note(f"limit {caller.limit}: {admitted} of {BURST} admitted")


@check(needs=(boots_and_reports_its_health,))
async def refusals_are_free_and_retry_after_is_true(stage: Stage) -> None:
    """Count a refused request in no window, and admit whoever has waited for Retry-After."""
    caller = stage.caller("quick")
    await stage.burst(caller, caller.limit + 1)
    refusals = [r for r in await stage.burst(caller, REFUSALS) if r.status == 429]
    require(bool(refusals), expected="429 over the limit", actual="every request was answered")
    wait = max(reply.retry_after for reply in refusals)
    require(
        1 <= wait <= QUICK_SECONDS + 1,
        expected=f"a Retry-After of at most the window, {QUICK_SECONDS} s",
        actual=f"{wait} s",
    )
    await asyncio.sleep(wait)
    reply = await stage.ask(caller, stage.novel())
    require(
        reply.status == 200,
        expected=f"200 after {wait} s and {len(refusals)} refusals",
        actual=reply.summary(),
        hint="decide on all windows in one step, and write only when the request is admitted",
    )
    stage.note(f"admitted after Retry-After: {wait} and {REFUSALS} requests too many")


@check(needs=(boots_and_reports_its_health,))
async def two_errors_of_the_provider_are_recovered(stage: Stage) -> None:
    """Answer a call that fails twice at the provider, by the third attempt."""
    stage.faults(status=500, times=2)
    reply = await stage.ask(stage.caller("wide"), stage.novel())
    seen = [call.status for call in await stage.calls()]
    require(
        (reply.status, seen) == (200, [500, 500, 200]),
        expected="200, and 500, 500, 200 at the provider",
        actual=f"{reply.summary()}, and {_listed(seen)} at the provider",
        hint="retry a 5xx with backoff; the openai package's own retries must be off",
    )


@check(needs=(two_errors_of_the_provider_are_recovered,))
async def a_request_the_provider_refuses_is_not_retried(stage: Stage) -> None:
    """Pass a 400 of the provider on at once, and do not retry it."""
    stage.faults(status=400)
    reply = await stage.ask(stage.caller("wide"), stage.novel())
    seen = [call.status for call in await stage.calls()]
    require(
        (reply.status, seen) == (400, [400]) and isinstance(reply.at("error", "message"), str),
        expected="400 with the provider's error, after one call",
        actual=f"{reply.summary()}, after {_listed(seen)}",
        hint="what is wrong with a request is still wrong the second time",
    )


@check(needs=(boots_and_reports_its_health,))
async def a_final_failure_is_a_503_after_bounded_attempts(stage: Stage) -> None:
    """Answer a final failure with a 503 in OpenAI's form, after at most 10 attempts."""
    stage.faults(status=500, model="gpt-4.1")
    reply = await stage.ask(stage.caller("wide"), stage.novel(), model="gpt-4.1")
    attempts = len(await stage.calls())
    require(
        1 <= attempts <= MOST_ATTEMPTS,
        expected=f"1 to {MOST_ATTEMPTS} attempts",
        actual=f"{attempts}",
    )
    stage.note(f"{attempts} attempts in {reply.seconds:.1f} s")
    error = reply.at("error")
    whole = isinstance(error, dict) and {"message", "type", "code", "param"} <= error.keys()
    require(
        reply.status == 503 and whole and error["code"] == "provider_unavailable",
        expected="503 with error.message, .type, .param and .code provider_unavailable",
        actual=reply.summary(),
    )
    require(reply.retry_after < 600, expected="a Retry-After under 600", actual="more")


@check(needs=(boots_and_reports_its_health,), terms=BEREFT)
async def losing_redis_costs_no_answer(stage: Stage) -> None:
    """Answer without Redis too, say so in X-Degraded and /readyz, and recover with it."""
    caller = stage.caller("wide")
    before = await stage.ask(caller, stage.novel())
    require(before.status == 200, expected="200 with Redis", actual=before.summary())
    stage.redis.kill()
    replies = [await stage.ask(caller, stage.novel()) for _ in range(10)]
    answered = [r for r in replies if r.status == 200 and r.header("X-Degraded")]
    require(
        len(answered) == 10,
        expected="10 of 10 answered without Redis, with X-Degraded",
        actual=f"{len(answered)} of 10; the last was {replies[-1].summary()}",
        hint="give Redis commands a short deadline, and let REDIS_DOWN decide after it",
    )
    slowest = max(reply.seconds for reply in replies)
    require(slowest < 2, expected="an answer within 2 s", actual=f"{slowest:.1f} s")
    ready = await stage.get("/readyz")
    named = b"redis" in ready.data.lower()
    require(
        ready.status == 503 and named,
        expected="503 from /readyz that names redis",
        actual=ready.summary(),
    )
    stage.redis.start()
    await _back(stage, caller)


async def _back(stage: Stage, caller: Caller) -> None:
    """Wait until both workers have surely found Redis again; raises `Failed` where they do not."""

    async def all_is_well() -> bool:
        ready = await together([stage.get("/readyz") for _ in range(8)])
        answers = await stage.burst(caller, 8)
        return all(map(_fine, [*ready, *answers]))

    begun = time.monotonic()
    require(
        await until(all_is_well, seconds=BACK_SECONDS, pause=0.1),
        expected=f"all is well {BACK_SECONDS:g} s after Redis is back",
        actual="still degraded",
        hint="connect again in the background, and try for as long as it takes",
    )
    stage.note(f"recovered after {time.monotonic() - begun:.1f} s")


def _fine(reply: Reply) -> bool:
    return reply.status == 200 and not reply.header("X-Degraded")


def _listed(statuses: list[int | None]) -> str:
    return ", ".join(map(str, statuses)) or "nothing"
