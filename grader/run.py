"""Run the checks on one submission: a service for each set of terms, one check after the other.

    report = grade(Path("submission.zip"), Options(seed=5))

Whatever happens to one check, each of them gets an outcome.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from grader.bench import Bench
from grader.check import Failed, Outcome
from grader.checks import all_checks
from grader.client import Client
from grader.sandbox import Sandbox
from grader.score import Report, score
from grader.stage import Stage
from grader.submission import Misused, Submission, take
from grader.tree import Tree
from world.workloads import Workload, WorkloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from grader.check import Check
    from grader.terms import Terms

    Note = Callable[[Check, Outcome], None]

SEED = 5
# Questions that no submission has seen; a public repository hides nothing, so it can be replaced.
HIDDEN = Path(__file__).parent / "workloads" / "hidden.json"
TIMEOUT_SECONDS = 180.0
NOT_STARTED = "the service did not start"


@dataclass(frozen=True, slots=True)
class Options:
    """How to grade: `only` names checks (none: all), `timeout_seconds` bounds the whole run.

    `hidden` is the file of the questions that are asked.
    """

    seed: int = SEED
    only: tuple[str, ...] = ()
    timeout_seconds: float = TIMEOUT_SECONDS
    hidden: Path = HIDDEN


def grade(path: Path, options: Options, note: Note) -> Report:
    """Grade a submission and tell `note` each outcome; `Misused` for a wrong path or name."""
    checks, workload = chosen(all_checks(), options.only), _workload(options.hidden)
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as scratch:
        copy = Path(scratch) / "copy"
        copy.mkdir()
        submission = take(path, copy)
        sandbox = Sandbox(submission.folder, Path(scratch))
        outcomes = Run(Stand(submission, sandbox, workload), options, note).play(checks)
    return score(submission.name, checks, outcomes, complete=not options.only)


def chosen(checks: Mapping[str, Check], only: Iterable[str]) -> list[Check]:
    """Return the named checks and those that they need, in order; all where none is named."""
    if unknown := [name for name in only if name not in checks]:
        raise Misused(f"no check is called {unknown[0]}; there are: {', '.join(checks)}")
    wanted: set[str] = set()

    def want(check: Check) -> None:
        wanted.add(check.name)
        for needed in check.needs:
            want(needed)

    for name in only or checks:
        want(checks[name])
    return [check for check in checks.values() if check.name in wanted]


def _workload(path: Path) -> Workload:
    try:
        return Workload.load(path)
    except WorkloadError as error:
        raise Misused(str(error)) from None


@dataclass(frozen=True, slots=True)
class Stand:
    """What one run is about: who is judged, where it runs, what it is asked."""

    submission: Submission
    sandbox: Sandbox
    workload: Workload


class Run:
    """One run: what is judged, and the outcomes so far."""

    def __init__(self, stand: Stand, options: Options, note: Note) -> None:
        self._stand, self._options, self._note = stand, options, note
        self._until = time.monotonic() + options.timeout_seconds
        self._outcomes: dict[str, Outcome] = {}

    def play(self, checks: Sequence[Check]) -> dict[str, Outcome]:
        """Run all checks, those of the same terms on the same service."""
        for terms, group in groupby(sorted(checks, key=_place(checks)), lambda c: c.terms):
            if terms is None:
                asyncio.run(self._on_files(list(group)))
            else:
                self._on_service(terms, list(group))
        return self._outcomes

    async def _on_files(self, checks: Sequence[Check]) -> None:
        for check in checks:
            await self._one(check, Tree(check.name, self._options.seed, self._stand.sandbox))

    def _on_service(self, terms: Terms, checks: Sequence[Check]) -> None:
        if fault := self._stand.submission.fault:
            self._not_started(checks, Failed("a submission that can be started", fault))
            return
        if time.monotonic() >= self._until:
            self._not_started(checks, Failed("time to start the service", self._over()))
            return
        try:
            with self._bench(terms) as bench:
                asyncio.run(self._on_bench(bench, checks))
        except Failed as failure:
            self._not_started(checks, failure)

    def _bench(self, terms: Terms) -> AbstractContextManager[Bench]:
        stand = self._stand
        return Bench.open(stand.sandbox, terms, seed=self._options.seed, workload=stand.workload)

    async def _on_bench(self, bench: Bench, checks: Sequence[Check]) -> None:
        async with Client.to(bench.url) as client, Client.to(bench.world_url) as world:
            for check in checks:
                stage = Stage(check.name, self._options.seed, bench, client=client, world=world)
                await self._one(check, stage)
                with contextlib.suppress(Failed):
                    await stage.tidy()

    def _not_started(self, checks: Sequence[Check], failure: Failed) -> None:
        """Let the first check say why, and the others that there was nothing to check."""
        first, *others = checks
        self._end(first, _failed(failure))
        for check in others:
            self._end(check, _skipped(NOT_STARTED))

    async def _one(self, check: Check, scene: Stage | Tree) -> None:
        begun = time.monotonic()
        outcome = self._obstacle(check, scene) or await self._judge(check, scene)
        seconds = round(time.monotonic() - begun, 3)
        self._end(check, replace(outcome, seconds=seconds, evidence="; ".join(scene.evidence)))

    def _obstacle(self, check: Check, scene: Stage | Tree) -> Outcome | None:
        for needed in check.needs:
            if not self._outcomes[needed.name].passed:
                return _skipped(f"needs: {needed.sentence}")
        if reason := scene.ended():
            return _skipped(f"the service is gone: {reason}")
        if time.monotonic() >= self._until:
            return _skipped(self._over())
        return None

    def _over(self) -> str:
        return f"the time of the run, {self._options.timeout_seconds:g} s, was over"

    async def _judge(self, check: Check, scene: Stage | Tree) -> Outcome:
        left = min(check.seconds, max(0.001, self._until - time.monotonic()))
        try:
            async with asyncio.timeout(left):
                share = await check.body(scene)
        except Failed as failure:
            gone = scene.ended()
            return _failed(failure, f" (the service is gone: {gone})" if gone else "")
        except TimeoutError:
            return _failed(Failed(f"an end within {left:.0f} s", "none"))
        except Exception as error:  # noqa: BLE001 - the grader's own fault must not end the report
            return Outcome(ending="broken", actual=f"{type(error).__name__}: {error}")
        if share == 0:
            return Outcome(ending="failed", hint=scene.hint)
        share = 1.0 if share is None else share
        return Outcome(ending="passed", share=share, hint=scene.hint if share < 1 else "")

    def _end(self, check: Check, outcome: Outcome) -> None:
        self._outcomes[check.name] = outcome
        self._note(check, outcome)


def _place(checks: Sequence[Check]) -> Callable[[Check], int]:
    """Order by terms, each in the place of its first check."""
    first: dict[Terms | None, int] = {}
    for place, check in enumerate(checks):
        first.setdefault(check.terms, place)
    return lambda check: first[check.terms]


def _failed(failure: Failed, why: str = "") -> Outcome:
    return Outcome(
        ending="failed",
        expected=failure.expected,
        actual=failure.actual + why,
        hint=failure.hint,
    )


def _skipped(reason: str) -> Outcome:
    return Outcome(ending="skipped", actual=reason)
