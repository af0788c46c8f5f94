"""Ask an API one question after the other, at a pace, and note what came back."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from world.workloads import Question

MAX_REQUEST_SECONDS = 60.0
_INTENT = re.compile(r"\[([^\[\]]+)\]\s*\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask, as whom, and which model."""

    url: str
    key: str
    model: str


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `concurrency` at a time, `rate` a second (None: as fast as it goes), for `seconds`.

    `polite` waits for as long as Retry-After says and asks again.
    """

    concurrency: int
    rate: float | None
    seconds: float
    polite: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer, or none: then `status` is None and `error` says why.

    `seconds` begin when the question was due, also if all connections were busy then: a slow API
    must not hide behind the questions that it kept waiting.
    """

    question: Question
    seconds: float
    status: int | None = None
    cache: str | None = None
    intent: str | None = None
    cost_usd: Decimal = Decimal(0)
    degraded: str | None = None
    retry_after: float | None = None
    error: str | None = None


async def drive(
    questions: Sequence[Question], target: Target, pace: Pace, note: Callable[[Outcome], None]
) -> bool:
    """Ask the questions and `note` every outcome; return False if the time ran out first."""
    timeout = aiohttp.ClientTimeout(total=min(pace.seconds, MAX_REQUEST_SECONDS))
    connections = aiohttp.TCPConnector(limit=pace.concurrency)
    async with aiohttp.ClientSession(connector=connections, timeout=timeout) as session:
        driver = _Driver(session, target, pace, note)
        try:
            async with asyncio.timeout(pace.seconds), asyncio.TaskGroup() as workers:
                line = iter(enumerate(questions))
                for _ in range(min(pace.concurrency, len(questions))):
                    workers.create_task(driver.work(line))
        except TimeoutError:
            return False
    return True


class _Driver:
    def __init__(
        self,
        session: aiohttp.ClientSession,
        target: Target,
        pace: Pace,
        note: Callable[[Outcome], None],
    ) -> None:
        self._session, self._target, self._pace, self._note = session, target, pace, note
        self._begun = time.perf_counter()
        self._headers = {"Authorization": f"Bearer {target.key}"}

    async def work(self, line: Iterator[tuple[int, Question]]) -> None:
        """Take questions from the line until it is empty."""
        for number, question in line:
            due = time.perf_counter()
            if self._pace.rate:
                due = self._begun + number / self._pace.rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._settle(question, due)

    async def _settle(self, question: Question, due: float) -> None:
        """Ask until there is an answer that asks for no patience, if we are polite; else once."""
        for attempt in count():
            outcome = await self._ask(question, time.perf_counter() if attempt else due)
            self._note(outcome)
            if not self._pace.polite or outcome.retry_after is None:
                return
            await asyncio.sleep(outcome.retry_after)

    async def _ask(self, question: Question, due: float) -> Outcome:
        body = {
            "model": self._target.model,
            "messages": [{"role": "user", "content": question.text}],
        }
        try:
            async with self._session.post(
                self._target.url, json=body, headers=self._headers, allow_redirects=False
            ) as answer:
                data = await answer.read()
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            name = type(error).__name__
            return Outcome(question, time.perf_counter() - due, error=name)
        seconds = time.perf_counter() - due
        return read(question, seconds, answer.status, answer.headers, data)


def read(
    question: Question, seconds: float, status: int, headers: Mapping[str, str], data: bytes
) -> Outcome:
    """Read an answer: what its headers say of it, and the intent that its text ends with."""
    return Outcome(
        question,
        seconds,
        status=status,
        cache=headers.get("X-Cache"),
        intent=intent_in(data) if status == 200 else None,
        cost_usd=_money(headers.get("X-Cost-USD")),
        degraded=headers.get("X-Degraded"),
        retry_after=_wait(headers.get("Retry-After")) if status in (429, 503) else None,
    )


def intent_in(data: bytes) -> str | None:
    """Return the intent in brackets at the end of a chat completion; None if there is none."""
    try:
        content: Any = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    found = _INTENT.search(content) if isinstance(content, str) else None
    return found[1] if found else None


def _money(text: str | None) -> Decimal:
    try:
        amount = Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def _wait(text: str | None) -> float | None:
    """Return the seconds of a Retry-After; a date, which OpenAI's API never sends, is no wait."""
    try:
        seconds = float(text or "nan")
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
