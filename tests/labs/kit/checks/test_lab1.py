"""Lab 1's checks pass what is right, and tell what a wrong answer does wrong."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from labs.kit.checks import lab1
from labs.kit.exercises import Todo, open_exercise
from project.patterns.rate_limit import ADMIT, Decision, Window, WindowState
from world.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """Start a Redis for this file."""
    with RedisServer() as url:
        yield url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Any]:
    """Connect to it, empty."""
    async with Redis.from_url(redis_url) as client:
        await client.flushall()
        yield client


class Log:
    """The right answer to exercise 1, with one rule to be broken by each subclass."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self.log: list[float] = []

    def admit(self, now: float) -> Any:
        """Admit or refuse one call."""
        self.log = [at for at in self.log if self.counts(now - at)]
        fits = len(self.log) < self.limit
        if fits or self.records_refusals:
            self.log.append(now)
        return fits

    records_refusals = False

    def counts(self, age: float) -> bool:
        """Tell whether a call of this age is in the window."""
        return age <= self.seconds


class RecordsRefusals(Log):
    """A refused call pushes the next admission away."""

    records_refusals = True


class OffByOne(Log):
    """A call that is exactly as old as the window no longer counts."""

    def counts(self, age: float) -> bool:
        """Tell whether a call of this age is in the window."""
        return age < self.seconds


class NeverForgets(Log):
    """Nothing leaves the log."""

    def counts(self, age: float) -> bool:
        """Tell whether a call of this age is in the window."""
        return age >= 0


class SaysNothing(Log):
    """It forgets to return."""

    def admit(self, now: float) -> Any:
        """Admit or refuse one call."""
        super().admit(now)


async def test_a_right_log_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """A passed check is one line."""
    await lab1.sliding_log(Log)
    assert capsys.readouterr().out == "exercise 1: passed\n"


@pytest.mark.parametrize(
    ("twin", "actual", "hint"),
    [
        (RecordsRefusals, "refused", "never log a refused one"),
        (OffByOne, "admitted", "exactly 60 still counts"),
        (NeverForgets, "refused", "forget calls"),
        (SaysNothing, "None, which is no bool", ""),
    ],
)
async def test_a_wrong_log_is_told_what_it_did(
    capsys: pytest.CaptureFixture[str], twin: type[Log], actual: str, hint: str
) -> None:
    """A missed check says expected, actual and hint."""
    await lab1.sliding_log(twin)
    title, expected, answer, advice = capsys.readouterr().out.splitlines()
    assert title == "exercise 1: not yet"
    assert expected.startswith("  expected  ")
    assert answer == f"  actual    {actual}"
    assert hint in advice


async def test_an_open_exercise_passes_through_a_check() -> None:
    """A hole is the notebook's to show."""

    class Open(Log):
        def admit(self, now: float) -> Any:
            raise Todo(1, f"about {now:.0f} lines")

    with pytest.raises(Todo, match="exercise 1 waits"):
        await lab1.sliding_log(Open)


async def test_the_modules_script_passes(redis: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The reference decides as the check's own log does, and leaves nothing behind."""
    await lab1.admit_script(redis, ADMIT)
    assert capsys.readouterr().out == "exercise 2: passed\n"
    assert await redis.dbsize() == 0


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("used = count - first", "used = count", "`used` counts"),
        ("used + select(2, entry(log, i))", "used + 1", "`used` counts"),
        ("used + cost - limit, now", "used - limit, now", "`free_at`"),
        ("ms + span + 1\n", "ms + span\n", "`free_at`"),
        ("(weighted and weight or 1)", "1", "`free_at`"),
    ],
)
async def test_a_wrong_script_is_told_which_number_is_wrong(
    redis: Any, capsys: pytest.CaptureFixture[str], right: str, wrong: str, hint: str
) -> None:
    """The hint names the variable to look at."""
    assert ADMIT.count(right) == 1
    await lab1.admit_script(redis, ADMIT.replace(right, wrong))
    shown = capsys.readouterr().out
    assert shown.startswith("exercise 2: not yet\n  expected  call ")
    assert f"  hint      {hint}" in shown


async def test_a_hole_in_the_script_is_found_in_redis_error(redis: Any) -> None:
    """What Lua says about an open exercise arrives as that exercise."""
    script = ADMIT.replace("  if weighted then", "  error('exercise 2 waits: about 11 lines')", 1)
    opened = re.sub(r"lines'\)\n.*?else\n.*?end\n", "lines')\n", script, count=1, flags=re.DOTALL)
    with pytest.raises(ResponseError) as caught:
        await lab1.admit_script(redis, opened)
    assert str(open_exercise(caught.value)) == "exercise 2 waits: about 11 lines"


async def test_the_modules_headers_pass(capsys: pytest.CaptureFixture[str]) -> None:
    """The reference renders what the check expects."""
    await lab1.headers(Decision, Window, WindowState)
    assert capsys.readouterr().out == "exercise 3: passed\n"


def rendering(change: Callable[[Decision, dict[str, str]], object]) -> type[Decision]:
    """Return a decision whose headers are changed."""

    class Changed(Decision):
        def headers(self) -> Any:
            return change(self, Decision.headers(self))

    return Changed


@pytest.mark.parametrize(
    ("change", "expected", "actual", "hint"),
    [
        pytest.param(
            lambda _, fields: {k: v.replace("7", "6") for k, v in fields.items()},
            'RateLimit: "requests-60";r=0;t=7, "tokens-3600";r=340;t=12',
            'RateLimit: "requests-60";r=0;t=6, "tokens-3600";r=340;t=12',
            "one member a window, joined by `, `",
            id="rounds down",
        ),
        pytest.param(
            lambda _, fields: fields | {"Retry-After": "7"},
            "Retry-After: (not sent)",
            "Retry-After: 7",
            "an admitted call carries no Retry-After",
            id="always Retry-After",
        ),
        pytest.param(
            lambda d, fields: fields if d.allowed else {"Retry-After": "7"} | fields,
            "Retry-After: (not sent)",
            "Retry-After: 7",
            "a request that can never fit has no Retry-After",
            id="Retry-After for ever",
        ),
        pytest.param(lambda *_: None, "a dict", "None", "return the fields", id="nothing"),
    ],
)
async def test_wrong_headers_are_shown_beside_the_right_ones(
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Decision, dict[str, str]], object],
    expected: str,
    actual: str,
    hint: str,
) -> None:
    """Only the header that differs is shown."""
    await lab1.headers(rendering(change), Window, WindowState)
    shown = [line[12:] for line in capsys.readouterr().out.splitlines()[1:]]
    assert shown == [expected, actual, hint]


def test_the_checks_need_no_running_loop_to_be_imported() -> None:
    """A check is an async function under its own name."""
    assert asyncio.iscoroutinefunction(lab1.headers)
    assert lab1.headers.__name__ == "headers"
