"""Waits, deadlines and the breaker, in virtual time: no test waits for any of them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace

import pytest

from project.patterns.retry import (
    Breaker,
    DeadlinePassed,
    Exhausted,
    Failure,
    Policy,
    Retrier,
    RetryError,
    backoff,
    next_wait,
)
from tests.doubles import in_virtual_time

POLICY = Policy(attempts=5, base_seconds=1.0, cap_seconds=8.0, attempt_seconds=20.0)


class Fails(Exception):
    """An error that knows what it means."""

    def __init__(self, failure: Failure | None = None) -> None:
        super().__init__("it fails")
        self.failure = failure or Failure(retryable=True)


def classify(error: Exception) -> Failure:
    """Read what the error knows; a time-out may be tried again."""
    return error.failure if isinstance(error, Fails) else Failure(retryable=True)


@dataclass
class Provider:
    """Takes its time over each call, then fails so many times with an error, then answers."""

    failures: int = 0
    error: Exception = field(default_factory=Fails)
    takes_seconds: float = 0.0
    began: list[float] = field(default_factory=list)

    async def call(self) -> str:
        """Answer, late, if it is time to."""
        self.began.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes_seconds)
        if len(self.began) <= self.failures:
            raise self.error
        return "answer"


@dataclass(frozen=True)
class End:
    """How a run ended, and when."""

    answer: str | None
    error: Exception | None
    seconds: float


async def running(provider: Provider, policy: Policy, draw: float, deadline: float) -> End:
    """Run one operation in a virtual loop whose clock begins at 0."""
    clock = asyncio.get_running_loop().time
    retrier = Retrier(policy, classify, Breaker(policy), clock=clock, draw=lambda: draw)
    try:
        return End(await retrier.run(provider.call, deadline), None, clock())
    except (RetryError, Fails, TimeoutError) as error:
        return End(None, error, clock())


def run(
    provider: Provider, *, policy: Policy = POLICY, draw: float = 1.0, deadline: float = 100.0
) -> End:
    """Run one operation to its end."""
    return in_virtual_time(running(provider, policy, draw, deadline))


def test_a_success_is_returned_at_once() -> None:
    """One call, no wait."""
    provider = Provider()
    assert run(provider) == End("answer", None, 0.0)
    assert provider.began == [0.0]


def test_waits_double_up_to_their_cap() -> None:
    """With the largest draw the waits are 1, 2, 4, 8 seconds, and 8 from then on."""
    provider = Provider(failures=6)
    assert run(provider, policy=replace(POLICY, attempts=7)).answer == "answer"
    assert provider.began == [0, 1, 3, 7, 15, 23, 31]


@pytest.mark.parametrize("attempt", [1, 2, 3, 4, 5, 1000])
def test_jitter_is_full(attempt: int) -> None:
    """A wait is anything from nothing to its ceiling, in proportion to the draw."""
    ceiling = min(8.0, 2.0 ** min(attempt - 1, 10))
    assert [backoff(attempt, POLICY, draw) for draw in (0.0, 0.5, 1.0)] == [0, ceiling / 2, ceiling]


def test_the_defaults_draw_and_sleep_for_themselves() -> None:
    """A retrier needs a policy, a classification and a breaker."""
    policy = Policy(attempts=2, base_seconds=0.001)
    provider = Provider(failures=1)

    async def main() -> str:
        return await Retrier(policy, classify, Breaker(policy)).run(
            provider.call, deadline=float("inf")
        )

    assert asyncio.run(main()) == "answer"
    assert len(provider.began) == 2


def test_attempts_are_counted() -> None:
    """After the last attempt the error is `Exhausted`, and the last failure is its cause."""
    provider = Provider(failures=99, error=Fails(Failure(retryable=True, retry_after_seconds=0.5)))
    end = run(provider)
    assert isinstance(end.error, Exhausted)
    assert (end.error.retry_after_seconds, end.error.__cause__) == (0.5, provider.error)
    assert len(provider.began) == 5


def test_what_is_final_passes_as_it_is() -> None:
    """An error that no attempt can mend is raised at once."""
    provider = Provider(failures=99, error=Fails(Failure(retryable=False)))
    assert run(provider) == End(None, provider.error, 0.0)


def test_a_policy_without_attempts_is_a_mistake_of_ours() -> None:
    """Nothing is called, and nothing is returned in its place."""
    with pytest.raises(AssertionError, match="at least one attempt"):
        run(Provider(), policy=replace(POLICY, attempts=0))


def test_retry_after_is_the_least_that_is_waited() -> None:
    """What the provider asked for is waited, and the jitter on top of it."""
    provider = Provider(failures=1, error=Fails(Failure(retryable=True, retry_after_seconds=7.0)))
    run(provider, draw=0.25)
    assert provider.began == [0, 7.25]


@pytest.mark.parametrize(
    ("asked", "wait"), [(None, 0.5), (0.0, 0.5), (3.0, 3.5), (60.0, 60.5), (3600.0, 60.5)]
)
def test_a_retry_after_has_a_cap(asked: float | None, wait: float) -> None:
    """Nobody is kept longer than the policy says."""
    failure = Failure(retryable=True, retry_after_seconds=asked)
    assert next_wait(1, POLICY, failure, 0.5) == wait


@pytest.mark.parametrize("deadline", [0.5, 3.0, 7.0, 7.1, 15.5, 40.0])
@pytest.mark.parametrize("takes", [0.0, 0.3, 2.0, 50.0])
@pytest.mark.parametrize("draw", [0.0, 0.37, 1.0])
def test_the_deadline_is_never_crossed(deadline: float, takes: float, draw: float) -> None:
    """However long calls and waits are, the run ends in time, and no call begins too late."""
    provider = Provider(failures=99, takes_seconds=takes)
    end = run(provider, deadline=deadline, draw=draw)
    assert isinstance(end.error, Exhausted | DeadlinePassed)
    assert end.seconds <= deadline
    assert max(provider.began) < deadline


def test_a_wait_that_would_cross_the_deadline_is_not_begun() -> None:
    """Who cannot be helped in time is told at once."""
    provider = Provider(failures=99)
    end = run(provider, deadline=3.0)
    assert (type(end.error), end.seconds, provider.began) == (Exhausted, 1.0, [0, 1])


def test_a_call_that_runs_into_the_deadline_is_ended_there() -> None:
    """The error says that time is over, not that the provider failed."""
    provider = Provider(failures=1, takes_seconds=4.0)
    end = run(provider, deadline=6.0)
    assert (type(end.error), end.seconds) == (DeadlinePassed, 6.0)
    assert end.error is not None
    assert isinstance(end.error.__cause__, TimeoutError)


def test_a_deadline_that_has_passed_calls_nobody() -> None:
    """No time, no call."""
    provider = Provider()
    end = run(provider, deadline=0.0)
    assert (type(end.error), provider.began) == (DeadlinePassed, [])


def test_an_attempt_has_its_own_time() -> None:
    """A call that hangs is given up, and the next one may go better."""
    provider = Provider(takes_seconds=21.0)
    policy = replace(POLICY, attempts=2)
    end = run(provider, policy=policy)
    assert (type(end.error), end.seconds, provider.began) == (Exhausted, 41.0, [0, 21])


def test_a_time_out_of_the_operation_itself_is_classified_like_any_error() -> None:
    """It is not our deadline that passed."""
    assert run(Provider(failures=1, error=TimeoutError())).answer == "answer"
    final = Provider(failures=9, error=TimeoutError())
    assert isinstance(run(final, deadline=2.0).error, Exhausted)


def test_a_loop_whose_timers_end_early_makes_no_difference() -> None:
    """Uvloop's timers have whole milliseconds; what they end is still told as the deadline."""
    uvloop = pytest.importorskip("uvloop")

    async def main() -> None:
        retrier = Retrier(POLICY, classify, Breaker(replace(POLICY, window_calls=99)))
        for n in range(24):
            deadline = time.monotonic() + 0.008 + n * 0.0001
            with pytest.raises(DeadlinePassed):
                await retrier.run(Provider(takes_seconds=9.0).call, deadline)

    uvloop.run(main())
