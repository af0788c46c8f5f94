"""Monitoring: what the service says of itself equals what happened, and says no secret."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from grader.check import Failed, check, require
from grader.checks.reliability import (
    boots_and_reports_its_health,
    two_errors_of_the_provider_are_recovered,
)
from grader.client import dig
from grader.stage import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from grader.client import Reply
    from grader.stage import Stage

EVENT_SECONDS = 3.0
COUNTED_SECONDS = 3.0
# What the traffic of the counting checks is made of.
MISSES, EXACTS, REFUSED = 6, 4, 3
# Anchored, and each line bounded: a hostile text must not keep the grader busy.
_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}\s+(\S+)")
_LABEL = re.compile(r'\b(\w+)="([^"]*)"')
_MAX_LINE = 1_000


@check(needs=(boots_and_reports_its_health,))
async def a_final_failure_is_one_sentry_event_in_the_callers_trace(stage: Stage) -> None:
    """Send exactly one Sentry event for a final failure, in the caller's trace."""
    trace = stage.trace_id()
    await stage.quiet()
    stage.faults(status=500, model="gpt-4o")
    reply = await stage.ask(stage.caller("wide"), stage.novel(), trace_id=trace, model="gpt-4o")
    require(reply.status >= 500, expected="5xx", actual=reply.summary())
    events = await stage.events(within_seconds=EVENT_SECONDS)
    require(
        len(events) == 1,
        expected="1 event for the request",
        actual=f"{len(events)}",
        hint="capture once, where the request finally fails; switch off what captures each attempt",
    )
    found = dig(events[0], "contexts", "trace", "trace_id")
    require(found == trace, expected="the caller's trace id in the event", actual=str(found)[:40])


@check(
    needs=(
        a_final_failure_is_one_sentry_event_in_the_callers_trace,
        two_errors_of_the_provider_are_recovered,
    )
)
async def a_recovered_call_is_no_sentry_event(stage: Stage) -> None:
    """Send no Sentry event for a call that a retry has recovered."""
    await stage.quiet()
    stage.faults(status=500, times=2)
    reply = await stage.ask(stage.caller("wide"), stage.novel())
    require(reply.status == 200, expected="200", actual=reply.summary())
    events = await stage.events(within_seconds=0.5)
    require(not events, expected="no event", actual=f"{len(events)}")


@check(needs=(boots_and_reports_its_health,))
async def prompts_and_keys_never_reach_sentry(stage: Stage) -> None:
    """Keep prompts, callers' keys and the service's own keys out of all that Sentry gets."""
    canary = stage.trace_id()
    await stage.quiet()
    stage.faults(status=500, model="gpt-4.1-mini")
    text = f"{stage.novel()} {canary}"
    await stage.ask(stage.caller("wide"), text, model="gpt-4.1-mini", user=canary)
    events = await stage.events(within_seconds=EVENT_SECONDS)
    require(bool(events), expected="an event for the failure", actual="none")
    sent = stage.sent_to_sentry()
    require(canary.encode() not in sent, expected="no prompt in any event", actual="the prompt")
    leaked = [secret for secret in stage.secrets if secret.encode() in sent]
    require(not leaked, expected="no key in any event", actual=f"{len(leaked)} keys")


@check(needs=(boots_and_reports_its_health,))
async def the_snapshot_equals_what_was_sent(stage: Stage) -> None:
    """Count the requests in /admin/snapshot, by outcome, exactly as they were sent."""
    await _counted(stage, _snapshot, "/admin/snapshot")


@check(needs=(boots_and_reports_its_health,))
async def the_metrics_equal_what_was_sent(stage: Stage) -> None:
    """Count the requests in /metrics, by outcome, exactly as they were sent."""
    await _counted(stage, _metrics, "/metrics")


async def _counted(
    stage: Stage, read: Callable[[Stage], Awaitable[list[Counter[str]]]], path: str
) -> None:
    """Send traffic; raise `Failed` unless one family of counters grows by exactly what happened."""
    before = await read(stage)
    sent = await _traffic(stage)
    nearest: dict[str, int] = {}

    async def is_counted() -> bool:
        nonlocal nearest
        grown = _growth(before, await read(stage))
        nearest = max(grown, key=lambda each: _likeness(each, sent), default={})
        return sent in grown

    require(
        await until(is_counted, seconds=COUNTED_SECONDS, pause=0.1),
        expected=f"{path} grows by {_words(sent)}",
        actual=_words(nearest) or "nothing",
        hint="both workers count into one place, and each request once",
    )
    stage.note(_words(sent))


def _growth(before: list[Counter[str]], after: list[Counter[str]]) -> list[dict[str, int]]:
    """Return by how much each family of counters has grown."""
    return [
        {name: count - old[name] for name, count in new.items() if count != old[name]}
        for new, old in zip(after, before, strict=False)
    ]


def _likeness(grown: dict[str, int], sent: dict[str, int]) -> tuple[int, int]:
    """Order by how many counters are right, then by how many are at least of the right name."""
    return len(grown.items() & sent.items()), len(grown.keys() & sent.keys())


async def _traffic(stage: Stage) -> dict[str, int]:
    """Ask new questions, some of them again, and too many; return what became of them.

    The provider knows how many were misses; what kind of hit the others were is in X-Cache.
    """
    caller = stage.caller("strict")
    texts = [stage.novel() for _ in range(MISSES)]
    asked = (*texts, *texts[:EXACTS], *(stage.novel() for _ in range(REFUSED)))
    replies = [await stage.ask(caller, text) for text in asked]
    seen = Counter(_outcome(reply) for reply in replies)
    misses = len(await stage.calls())
    require(
        seen["miss"] == misses > 0,
        expected=f"X-Cache: miss for the {misses} questions that the provider was asked",
        actual=_words(seen),
    )
    return dict(seen)


def _outcome(reply: Reply) -> str:
    """Return the snapshot's word for what became of a request."""
    if reply.status == 200:
        return reply.header("X-Cache") or "miss"
    return "rate_limited" if reply.status == 429 else reply.summary()


async def _snapshot(stage: Stage) -> list[Counter[str]]:
    requests = (await stage.get("/admin/snapshot")).at("requests")
    if not isinstance(requests, dict):
        raise Failed("requests by outcome in /admin/snapshot", str(requests)[:40])
    return [Counter({k: v for k, v in requests.items() if isinstance(v, int)})]


async def _metrics(stage: Stage) -> list[Counter[str]]:
    return families((await stage.get("/metrics")).data.decode(errors="replace"))


def families(text: str) -> list[Counter[str]]:
    """Return Prometheus samples summed by one label: a counter for each metric and label."""
    sums: dict[tuple[str, str], Counter[str]] = {}
    for line in text.splitlines():
        if sample := _SAMPLE.match(line[:_MAX_LINE]):
            name, labels, value = sample.groups()
            for label, word in _LABEL.findall(labels):
                sums.setdefault((name, label), Counter())[word] += _number(value)
    return [sums[family] for family in sorted(sums)]


def _number(text: str) -> int:
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return 0


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
