"""The breaker alone, its times passed in, and the breaker under callers that come at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from project.patterns.retry import Breaker, BreakerOpen, Exhausted, Failure, Policy, Retrier
from tests.doubles import Clock

POLICY = Policy(window_seconds=10, window_calls=10, failure_rate=0.6, open_seconds=5, attempts=1)


class Sick(Exception):
    """The provider is not well."""


class Limited(Exception):
    """We ask too often; the provider is well."""


def classify(error: Exception) -> Failure:
    """Only `Sick` says something of the provider's health."""
    return Failure(retryable=True, sick=isinstance(error, Sick))


def breaker_after(outcomes: list[bool], *, each_seconds: float = 0.1) -> Breaker:
    """Return a breaker that saw these calls end (True: failed), one after the other from 0."""
    breaker = Breaker(POLICY)
    for n, failed in enumerate(outcomes):
        breaker.leave(n * each_seconds, probe=breaker.enter(n * each_seconds), failed=failed)
    return breaker


def open_breaker() -> Breaker:
    """Return a breaker that opened at 0.9."""
    return breaker_after([True] * 10)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([True] * 9, "closed"),
        ([True] * 10, "open"),
        ([True, True, True, True, False] * 2, "open"),
        ([True, True, True, False, False] * 2, "open"),
        ([True, False] * 20, "closed"),
        ([False] * 8 + [True] * 11, "closed"),
        ([False] * 8 + [True] * 12, "open"),
    ],
    ids=["too few", "all", "4 in 5", "3 in 5", "1 in 2", "11 of 19", "12 of 20"],
)
def test_the_share_of_failures_opens_it(outcomes: list[bool], state: str) -> None:
    """At least ten calls, at least six in ten of them failed; in a row or not."""
    assert breaker_after(outcomes[:-1]).state(9.9) == "closed"
    assert breaker_after(outcomes).state(len(outcomes) * 0.1) == state


def test_only_the_last_seconds_count() -> None:
    """Failures that are further apart never add up."""
    assert breaker_after([True] * 60, each_seconds=1.2).state(80) == "closed"
    assert breaker_after([True] * 10, each_seconds=1.1).state(10) == "open"


def test_an_open_breaker_says_how_long() -> None:
    """Nobody calls while it is open, and everybody is told when to come back."""
    breaker = open_breaker()
    with pytest.raises(BreakerOpen, match=r"open for 3\.900 s") as caught:
        breaker.enter(2.0)
    assert caught.value.retry_after_seconds == pytest.approx(3.9)
    assert breaker.state(5.8) == "open"
    assert breaker.state(5.95) == "half-open"


def test_one_probe_goes_and_the_others_wait() -> None:
    """While the probe is out the breaker is still shut for all others."""
    breaker = open_breaker()
    assert breaker.enter(6.0)
    with pytest.raises(BreakerOpen) as caught:
        breaker.enter(6.0)
    assert caught.value.retry_after_seconds == 0.1


def test_a_probe_that_succeeds_closes_it() -> None:
    """Old failures are forgotten: nine new ones do not open it again."""
    breaker = open_breaker()
    breaker.leave(6.0, probe=breaker.enter(6.0), failed=False)
    assert breaker.state(6.0) == "closed"
    for _ in range(9):
        breaker.leave(6.1, probe=breaker.enter(6.1), failed=True)
    assert breaker.state(6.1) == "closed"


def test_a_probe_that_fails_opens_it_for_another_time() -> None:
    """The time begins again with the failure."""
    breaker = open_breaker()
    breaker.leave(7.0, probe=breaker.enter(6.0), failed=True)
    assert breaker.state(11.9) == "open"
    assert breaker.state(12.0) == "half-open"


def test_a_probe_that_says_nothing_lets_the_next_one_try() -> None:
    """A probe that was cut off, or refused for its own sake, decides nothing."""
    breaker = open_breaker()
    breaker.leave(7.0, probe=breaker.enter(6.0), failed=None)
    assert breaker.state(7.0) == "half-open"
    assert breaker.enter(7.0)


def test_late_results_do_not_disturb_an_open_breaker() -> None:
    """A call that began before it opened neither closes it nor prolongs it."""
    breaker = open_breaker()
    breaker.leave(4.0, probe=False, failed=True)
    breaker.leave(4.0, probe=False, failed=False)
    assert breaker.state(5.8) == "open"
    assert breaker.state(5.95) == "half-open"


def test_failures_that_say_nothing_do_not_count() -> None:
    """They open nothing, and they hide nothing."""
    breaker = breaker_after([True] * 9)
    for _ in range(50):
        breaker.leave(1.0, probe=False, failed=None)
    assert breaker.state(1.0) == "closed"
    breaker.leave(1.0, probe=False, failed=True)
    assert breaker.state(1.0) == "open"


@dataclass
class Upstream:
    """A provider that fails with an error, holds calls back while told to, and counts them."""

    error: Exception | None = None
    calls: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def call(self) -> str:
        """Answer when the gate is open."""
        self.calls += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return "answer"


@dataclass
class Service:
    """Many callers of one provider through one breaker, on a clock of their own."""

    upstream: Upstream = field(default_factory=Upstream)
    clock: Clock = field(default_factory=Clock)
    breaker: Breaker = field(default_factory=lambda: Breaker(POLICY))

    async def ask(self) -> str:
        """Make one attempt."""
        retrier = Retrier(POLICY, classify, self.breaker, clock=self.clock)
        return await retrier.run(self.upstream.call, self.clock() + 60)

    async def ask_many(self, number: int) -> list[str | BaseException]:
        """Make so many calls at once."""
        return await asyncio.gather(*(self.ask() for _ in range(number)), return_exceptions=True)

    async def fall_ill(self) -> None:
        """Fail until the breaker opens, wait until it is half-open, and recover."""
        self.upstream.error = Sick()
        await self.ask_many(10)
        self.clock.now += POLICY.open_seconds
        self.upstream.error, self.upstream.calls = None, 0


async def test_a_sick_provider_is_left_alone() -> None:
    """After ten failures nobody calls it any more."""
    service = Service(Upstream(Sick()))
    for _ in range(30):
        await service.ask_many(1)
    assert service.upstream.calls == 10
    assert isinstance((await service.ask_many(1))[0], BreakerOpen)


async def test_rate_limits_of_the_provider_do_not_open_it() -> None:
    """A 429 says that we are too fast, not that the provider is sick."""
    service = Service(Upstream(Limited()))
    ends = await service.ask_many(100)
    assert {type(end) for end in ends} == {Exhausted}
    assert service.upstream.calls == 100


async def test_of_callers_that_come_at_once_one_is_the_probe() -> None:
    """Half-open lets exactly one through; when it succeeds all may come."""
    service = Service()
    await service.fall_ill()
    service.upstream.gate.clear()
    callers = asyncio.create_task(service.ask_many(50))
    await asyncio.sleep(0.01)
    service.upstream.gate.set()
    ends = await callers
    assert service.upstream.calls == ends.count("answer") == 1
    assert {type(end) for end in ends} == {str, BreakerOpen}
    assert await service.ask_many(50) == ["answer"] * 50


async def test_a_probe_that_is_cancelled_frees_its_place() -> None:
    """Its caller hung up: the next caller is the probe."""
    service = Service()
    await service.fall_ill()
    service.upstream.gate.clear()
    probe = asyncio.create_task(service.ask())
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.wait([probe])
    service.upstream.gate.set()
    assert (probe.cancelled(), await service.ask(), service.upstream.calls) == (True, "answer", 2)


async def test_a_breaker_that_opens_between_attempts_ends_the_call() -> None:
    """Who is still retrying then is told to come back later."""
    service = Service(Upstream(Sick()))
    policy = replace(POLICY, attempts=20)

    async def sleep(seconds: float) -> None:
        service.clock.now += seconds

    retrier = Retrier(policy, classify, service.breaker, service.clock, sleep, lambda: 0.0)
    with pytest.raises(BreakerOpen):
        await retrier.run(service.upstream.call, service.clock() + 60)
    assert service.upstream.calls == 10
