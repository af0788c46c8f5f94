"""Try again when that helps, wait as long as it takes, and stop when it does not.

A call fails at 00:00.0; the policy's first wait is drawn from 0 to 0.2 s, the second from 0 to
0.4 s, and so on up to a cap (full jitter: callers that failed together do not return together). A
`Retry-After` moves the wait to at least what the provider asked for. A wait that would cross the
deadline is not begun. When most of the last calls failed, the breaker opens: nobody calls until its
time is over, and then one probe decides.

Source of full jitter: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.

    retrier = Retrier(Policy(), classify=classify)
    answer = await retrier.run(call_provider)
"""

from __future__ import annotations

import asyncio
import email.utils
import random
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Policy:
    """One set of defaults for all faults; all times in seconds."""

    attempts: int = 5
    base_seconds: float = 0.2
    cap_seconds: float = 8.0
    retry_after_cap_seconds: float = 60.0
    deadline_seconds: float = 30.0
    attempt_seconds: float = 20.0
    window_seconds: float = 10.0
    window_calls: int = 10
    failure_rate: float = 0.6
    open_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Failure:
    """What an error means: whether to try again, when, and whether the provider is sick."""

    retryable: bool
    sick: bool = True
    retry_after_seconds: float | None = None


class RetryError(Exception):
    """The base of what this module raises."""


class BreakerOpen(RetryError):
    """Nobody calls now; ask again after `retry_after_seconds`."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"the circuit breaker is open for {retry_after_seconds:.3f} s")
        self.retry_after_seconds = retry_after_seconds


class DeadlinePassed(RetryError):
    """The time for all attempts together is over."""


class Exhausted(RetryError):
    """Every attempt failed; the last error is the cause."""

    def __init__(self, retry_after_seconds: float | None) -> None:
        super().__init__("every attempt failed")
        self.retry_after_seconds = retry_after_seconds


def backoff(attempt: int, policy: Policy, draw: float) -> float:
    """Return the wait after failed attempt `attempt` (from 1): `draw` (0 to 1) of its ceiling."""
    return draw * min(policy.cap_seconds, policy.base_seconds * 2.0 ** (attempt - 1))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read `retry-after-ms` or `Retry-After` (seconds or an HTTP date), in seconds from `now`.

    Returns None when there is none or it cannot be read; a date in the past is 0.
    """
    if (ms := _number(headers.get("retry-after-ms"))) is not None:
        return max(0.0, ms / 1000)
    text = headers.get("retry-after")
    if (seconds := _number(text)) is not None:
        return max(0.0, seconds)
    try:
        date = email.utils.parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def next_wait(attempt: int, policy: Policy, failure: Failure, draw: float) -> float:
    """Return the wait before the next attempt: jitter, and at least what the provider asked for.

    What it asked for is taken plus the jitter, so that those who were told the same do not come
    back at the same instant.
    """
    asked = min(failure.retry_after_seconds or 0.0, policy.retry_after_cap_seconds)
    return asked + backoff(attempt, policy, draw)


@dataclass(slots=True)
class Breaker:
    """Closed, open, half-open: counts the last `window_seconds`, lets one probe through.

    It opens when at least `window_calls` were seen and `failure_rate` of them failed. Counting
    failures in a row would never open at four failures in five.
    """

    policy: Policy
    outcomes: deque[tuple[float, bool]] = field(default_factory=deque)
    opened_at: float | None = None
    probing: bool = False

    def state(self, now: float) -> str:
        """Return `closed`, `open` or `half-open`."""
        if self.opened_at is None:
            return "closed"
        return "open" if now < self.opened_at + self.policy.open_seconds else "half-open"

    def enter(self, now: float) -> bool:
        """Admit a call and say whether it is the probe, or raise `BreakerOpen`."""
        if self.opened_at is None:
            return False
        left = self.opened_at + self.policy.open_seconds - now
        if left > 0 or self.probing:
            raise BreakerOpen(max(left, 0.1))
        self.probing = True
        return True

    def leave(self, now: float, *, probe: bool, failed: bool | None) -> None:
        """Count a call's end; `failed` is None when it says nothing of the provider's health."""
        if probe:
            self.probing = False
            if failed is not None:
                self.opened_at = now if failed else None
                self.outcomes.clear()
            return
        if failed is None or self.opened_at is not None:
            return
        self.outcomes.append((now, failed))
        while self.outcomes[0][0] < now - self.policy.window_seconds:
            self.outcomes.popleft()
        failures = sum(bad for _, bad in self.outcomes)
        seen = len(self.outcomes)
        if seen >= self.policy.window_calls and failures >= self.policy.failure_rate * seen:
            self.opened_at = now


@dataclass(frozen=True, slots=True)
class Retrier:
    """Runs an operation under a policy; clock, sleep and randomness can be replaced."""

    policy: Policy
    classify: Callable[[Exception], Failure]
    breaker: Breaker
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.random

    async def run(self, operation: Callable[[], Awaitable[T]], deadline: float) -> T:
        """Call `operation` until it succeeds, may not be repeated, or time is over.

        `deadline` is an instant of `clock`. Raises what the operation raised when that is final,
        `Exhausted`, `BreakerOpen`, or `DeadlinePassed` when the last attempt ran into the deadline.
        """
        for attempt in range(1, self.policy.attempts + 1):
            try:
                return await self._attempt(operation, deadline)
            except Exception as error:
                failure = self._judge(error)
                if failure is None or not failure.retryable:
                    raise
                wait = next_wait(attempt, self.policy, failure, self.draw())
                last = attempt == self.policy.attempts
                if last or self.clock() + wait >= deadline:
                    raise Exhausted(failure.retry_after_seconds) from error
                await self.sleep(wait)
        raise AssertionError("a policy has at least one attempt")

    def _judge(self, error: Exception) -> Failure | None:
        return None if isinstance(error, RetryError) else self.classify(error)

    async def _attempt(self, operation: Callable[[], Awaitable[T]], deadline: float) -> T:
        """Make one call through the breaker, within the attempt's and the total time."""
        left = deadline - self.clock()
        if left <= 0:
            raise DeadlinePassed("no time is left for another attempt")
        probe = self.breaker.enter(self.clock())
        failed: bool | None = None
        timer = asyncio.timeout(min(left, self.policy.attempt_seconds))
        try:
            async with timer:
                answer = await operation()
            failed = False
        except Exception as error:
            failed = self.classify(error).sick or None
            # Asked of the timer, not of the clock: an event loop's timer may end a little early.
            if timer.expired() and left <= self.policy.attempt_seconds:
                raise DeadlinePassed("the provider did not answer in time") from error
            raise
        else:
            return answer
        finally:
            self.breaker.leave(self.clock(), probe=probe, failed=failed)


def now_utc() -> datetime:
    """Return the time that `retry_after` compares an HTTP date with."""
    return datetime.now(UTC)
