"""Lab 1's checks pass what the solved notebook has, and tell a wrong answer what it does wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import openai
import pytest
import redis as redis_package

from labs.kit.checks import lab1
from labs.kit.exercises import Todo
from project.patterns.rate_limit import RateLimiter, Window, WindowState
from tests.labs.kit.checks.solving import OPEN, PACKED, defined, told
from world.client import World
from world.provider import Provider
from world.server import serve
from world.workloads import PUBLIC, Workload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from redis.asyncio import Redis


@pytest.fixture(scope="module")
def provider_url() -> Iterator[str]:
    """Run the world's provider for this file."""
    with serve([Provider(key="sk-lab", workload=Workload.load(PUBLIC), seed=5)]) as url:
        yield url


@pytest.fixture
async def place(provider_url: str) -> AsyncIterator[tuple[openai.AsyncOpenAI, World]]:
    """Give the `openai` package, pointed at it, and the world that it is in."""
    address = f"{provider_url}/v1"
    async with openai.AsyncOpenAI(base_url=address, api_key="sk-lab", max_retries=0) as client:
        yield client, World(provider_url)


async def test_a_right_log_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """A passed check is one line."""
    await lab1.sliding_log(defined("sliding-log")["SlidingLog"])
    assert capsys.readouterr().out == "exercise 1: passed\n"


@pytest.mark.parametrize(
    ("right", "wrong", "actual", "hint"),
    [
        ("            return False", "            pass", "True", "at most 60 seconds old"),
        ("now - at <= self", "now - at < self", "True", "exactly 60 still counts"),
        ("if now - at <= self.seconds", "", "False", "forget calls"),
        ("        return True", "        pass", "None", "forget calls"),
    ],
    ids=["never refuses", "off by one", "never forgets", "says nothing"],
)
async def test_a_wrong_log_is_told_what_it_did(
    capsys: pytest.CaptureFixture[str], right: str, wrong: str, actual: str, hint: str
) -> None:
    """A missed check says expected, actual and hint."""
    await lab1.sliding_log(defined("sliding-log", right, wrong)["SlidingLog"])
    _, answer, advice = told(capsys)
    assert answer == actual
    assert hint in advice


async def test_right_tiers_pass(redis: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    """The solved notebook's function is right, and leaves nothing behind."""
    await lab1.tiers(redis, defined("tiers", store=redis, packed=PACKED)["refused_by"])
    assert capsys.readouterr().out == "exercise 5: passed\n"
    assert await redis.dbsize() == 0


@pytest.mark.parametrize(
    ("change", "expected", "hint"),
    [
        (("lab1:tier:{tenant}", "lab1:tier:{api_key}"), "key-ada-2 at 0", "not to the key"),
        (("lab1:tier:{tenant}", "lab1:tier:all"), "key-ada at 0", "a log of its own"),
        (("TIERS[TIER_OF[tenant]]", "TIERS['free']"), "key-bob at 30000", "sixty a minute"),
        (("return reply[0]", "return reply"), "key-bob at 0", "sixty a minute"),
        (('raise PermissionError("unknown key")', "return 1"), "PermissionError", "TENANTS first"),
    ],
    ids=["a log a key", "one log for all", "one tier for all", "the whole reply", "unknown key"],
)
async def test_wrong_tiers_are_told_whose_call_went_wrong(
    redis: Redis,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str,
    hint: str,
) -> None:
    """The check names the key and the time."""
    names = defined("tiers", *change, store=redis, packed=PACKED)
    await lab1.tiers(redis, names["refused_by"])
    wanted, _, advice = told(capsys)
    assert wanted.startswith(expected)
    assert hint in advice


@pytest.mark.parametrize(
    ("change", "expected", "actual", "hint"),
    [
        (
            ("t={math.ceil(s.reset_seconds)}", "t={int(s.reset_seconds)}"),
            'RateLimit: "requests-60";r=0;t=7, "tokens-3600";r=340;t=12',
            '"requests-60";r=0;t=6, "tokens-3600";r=340;t=12',
            "one member a window, joined by `, `",
        ),
        (
            ("if not self.allowed and", "if"),
            "Retry-After: (not sent)",
            "0",
            "an admitted call carries no Retry-After",
        ),
        (
            ("str(math.ceil(self.retry_after_seconds))", "str(int(self.retry_after_seconds))"),
            "Retry-After: 7",
            "6",
            "round up: a client that comes early is refused",
        ),
        (("        return fields\n", ""), "a dict", "None", "return the fields"),
    ],
    ids=["rounds down", "always", "comes early", "says nothing"],
)
async def test_wrong_headers_are_shown_beside_the_right_ones(
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str,
    actual: str,
    hint: str,
) -> None:
    """Only the header that differs is shown."""
    await lab1.headers(defined("decision", *change)["Decision"], Window, WindowState)
    assert told(capsys) == (expected, actual, hint)


async def test_the_modules_headers_pass(capsys: pytest.CaptureFixture[str]) -> None:
    """The reference renders what the check expects."""
    await lab1.headers(defined("decision")["Decision"], Window, WindowState)
    assert capsys.readouterr().out == "exercise 7: passed\n"


ASK = {"QUESTION": {"role": "user", "content": "Where is my order?"}, "APIError": openai.APIError}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((), None),
        (("answer.usage.total_tokens", "MOST"), "tokens left of 1,000"),
        (
            ("        await limiter.settle(tenant, held.reservation, 0)\n", ""),
            "tokens left of 1,000",
        ),
        (('"ok", held', '"fine", held'), "the provider answers: ok"),
        (('"failed", held', '"ok", held'), "the provider fails: failed"),
        (('"refused", held.headers()', '"refused", {}'), "the third of two"),
    ],
    ids=["right", "the estimate", "no refund", "another word", "hides failures", "no headers"],
)
async def test_a_chat_is_judged_by_what_the_provider_billed(
    redis: Redis,
    place: tuple[openai.AsyncOpenAI, World],
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str | None,
) -> None:
    """An answer costs what it took, a failure no tokens, a refusal nothing."""
    limiter, (provider, world) = RateLimiter(redis), place
    names = defined("chat", *change, limiter=limiter, provider=provider, **ASK)
    await lab1.chat(names["chat"], limiter, Window, world)
    if expected is None:
        assert capsys.readouterr().out == "exercise 8: passed\n"
    else:
        assert told(capsys)[0].startswith(expected)
    assert await redis.dbsize() == 0
    assert world.ledger()[-1]["outcome"] in ("ok", "status")


LOG = defined("sliding-log")["SlidingLog"]
GIVEN = {"SlidingLog": LOG, "redis": redis_package, "asyncio": asyncio, "FIVE": (Window(5, 60),)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((), None),
        (("redis.RedisError, ", ""), "Redis is away, `open`"),
        ((", TimeoutError", ", ValueError"), "Redis is silent, `open`"),
        (('policy == "open"', "True"), "Redis is away, `closed`"),
        (('if policy == "local"', "if False"), "Redis is away, `local`"),
        (("return decision.allowed", "return True"), "Redis refuses, `open`"),
    ],
    ids=["right", "fails", "waits", "always open", "no local log", "ignores Redis"],
)
async def test_an_outage_policy_is_judged_case_by_case(
    capsys: pytest.CaptureFixture[str], change: tuple[str, ...], expected: str | None
) -> None:
    """While Redis answers it decides, else the policy."""
    await lab1.redis_away(defined("admit-or", *change, **GIVEN)["admit_or"], LOG)
    if expected is None:
        assert capsys.readouterr().out == "exercise 9: passed\n"
    else:
        assert told(capsys)[0].startswith(expected)


async def test_an_open_exercise_passes_through_a_check() -> None:
    """A hole is the notebook's to show."""
    with pytest.raises(Todo, match="exercise 1 waits"):
        await lab1.sliding_log(defined("sliding-log", book=OPEN)["SlidingLog"])
