"""Calls to the provider through the retry pattern, and what their callers are told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from project.errors import ApiError, DeadlineExceeded, ProviderRefused, ProviderUnavailable
from project.patterns.retry import BreakerOpen, DeadlinePassed, Exhausted, Policy, RetryError
from project.provider import Misconfigured, ProviderError, Refused, Transient
from project.resilience import Resilience, told
from project.tracing import TraceContext
from project.trail import Trail

POLICY = Policy(attempts=3, base_seconds=0.0001, cap_seconds=0.0002, deadline_seconds=5.0)
SICK = Transient("the provider answered 500", sick=True, retry_after_seconds=None)


def trail_of(model: str = "gpt-4o") -> Trail:
    """Begin a request for a model."""
    trail = Trail(None, "req", TraceContext.from_header(None))
    trail.model = model
    return trail


class Upstream:
    """Raises each of some errors in turn, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    async def __call__(self) -> str:
        """Make one call."""
        if self._errors:
            raise self._errors.pop(0)
        return "answer"


async def test_attempts_are_written_on_the_trail() -> None:
    """Two failures and a success are three attempts."""
    trail = trail_of()
    assert await Resilience(POLICY).run(trail, Upstream(SICK, SICK)) == "answer"
    assert trail.attempts == 3


async def test_the_last_failure_is_told_as_what_it_means() -> None:
    """Spent retries are a 503, and the cause is kept for whoever looks into it."""
    trail = trail_of()
    with pytest.raises(ProviderUnavailable, match="every attempt failed") as caught:
        await Resilience(POLICY).run(trail, Upstream(*[SICK] * 3))
    assert trail.attempts == 3
    assert isinstance(caught.value.__cause__, Exhausted)
    assert caught.value.__cause__.__cause__ is SICK


async def test_a_final_answer_is_passed_on_at_once() -> None:
    """The provider's own refusal is the caller's."""
    trail = trail_of()
    with pytest.raises(ProviderRefused) as caught:
        await Resilience(POLICY).run(trail, Upstream(Refused(404, {"error": {}})))
    assert (caught.value.http_status, trail.attempts) == (404, 1)


async def test_time_that_is_over_is_told_as_such() -> None:
    """A provider that hangs is a 504 when the request's time is over."""

    async def hang() -> str:
        await asyncio.sleep(60)
        return "late"

    with pytest.raises(DeadlineExceeded):
        await Resilience(replace(POLICY, deadline_seconds=0.02)).run(trail_of(), hang)


async def test_our_own_faults_are_not_dressed_up() -> None:
    """A bug is no failure of the provider's: it is raised as it is."""
    with pytest.raises(ZeroDivisionError):
        await Resilience(POLICY).run(trail_of(), Upstream(ZeroDivisionError()))


async def test_each_model_has_a_breaker_of_its_own() -> None:
    """A sick model opens its breaker and leaves the others alone."""
    resilience = Resilience(replace(POLICY, attempts=1))
    for _ in range(10):
        with pytest.raises(ProviderUnavailable):
            await resilience.run(trail_of("gpt-4o"), Upstream(SICK))
    assert await resilience.run(trail_of("gpt-4.1"), Upstream()) == "answer"
    assert resilience.states() == {"gpt-4o": "open", "gpt-4.1": "closed"}
    trail = trail_of("gpt-4o")
    with pytest.raises(ProviderUnavailable, match="gets a rest"):
        await resilience.run(trail, Upstream())
    assert trail.attempts == 0


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (BreakerOpen(3.2), 503, "4"),
        (Exhausted(None), 503, "1"),
        (Exhausted(7.0), 503, "7"),
        (DeadlinePassed("x"), 504, None),
        (Refused(422, {"error": {"message": "m"}}), 422, None),
        (Misconfigured("our key sk-1 is refused"), 503, "60"),
        (SICK, 503, "1"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_end_has_its_words(
    error: RetryError | ProviderError, status: int, retry_after: str | None
) -> None:
    """Status and Retry-After; nothing of our account is told."""
    end: ApiError = told(error)
    assert (end.http_status, end.headers().get("Retry-After")) == (status, retry_after)
    assert "sk-1" not in str(end.body())
