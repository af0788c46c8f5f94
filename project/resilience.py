"""The provider, called through the retry pattern: one breaker a model, attempts counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from project.errors import ApiError, DeadlineExceeded, ProviderRefused, ProviderUnavailable
from project.patterns.retry import (
    Breaker,
    BreakerOpen,
    DeadlinePassed,
    Exhausted,
    Policy,
    Retrier,
    RetryError,
)
from project.provider import Misconfigured, ProviderError, Refused, classify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from project.trail import Trail

T = TypeVar("T")


class Resilience:
    """Runs calls to the provider under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._breakers: dict[str, Breaker] = {}

    async def run(self, trail: Trail, call: Callable[[], Awaitable[T]]) -> T:
        """Run a call until it succeeds, or raise the `ApiError` that the caller is told."""
        breaker = self._breakers.setdefault(trail.model, Breaker(self._policy))

        async def attempt() -> T:
            trail.attempts += 1
            return await call()

        deadline = time.monotonic() + self._policy.deadline_seconds
        try:
            return await Retrier(self._policy, classify, breaker).run(attempt, deadline)
        except (RetryError, ProviderError) as error:
            raise told(error) from error

    def states(self) -> dict[str, str]:
        """Return each model's breaker state."""
        now = time.monotonic()
        return {model: breaker.state(now) for model, breaker in self._breakers.items()}


def told(error: RetryError | ProviderError) -> ApiError:
    """Translate what the pattern or the provider raised into what the caller is told."""
    match error:
        case BreakerOpen(retry_after_seconds=seconds):
            return ProviderUnavailable(
                "the provider is failing and gets a rest", retry_after_seconds=seconds
            )
        case Exhausted(retry_after_seconds=seconds):
            return ProviderUnavailable(
                "the provider did not answer in time; every attempt failed",
                retry_after_seconds=seconds or 1.0,
            )
        case DeadlinePassed():
            return DeadlineExceeded("the provider did not answer within this request's time")
        case Refused(status=status, body=body):
            return ProviderRefused(status, body)
        case Misconfigured():
            return ProviderUnavailable("the provider does not serve us now", retry_after_seconds=60)
        case _:
            return ProviderUnavailable("the provider's answer broke off")
