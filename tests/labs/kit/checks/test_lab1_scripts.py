"""Lab 1's checks of Lua scripts pass what is solved, and tell a wrong script what it does wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from redis.exceptions import ResponseError

from labs.kit.checks import lab1
from labs.kit.exercises import open_exercise
from tests.labs.kit.checks.solving import OPEN, defined, told

if TYPE_CHECKING:
    from redis.asyncio import Redis


async def test_right_scripts_of_a_sorted_set_pass(
    redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    """One window and several; nothing is left in Redis."""
    await lab1.one_window(redis, defined("one-script")["LOG"])
    await lab1.every_window(redis, defined("every-window")["LOGS"])
    assert capsys.readouterr().out == "exercise 2: passed\nexercise 3: passed\n"
    assert await redis.dbsize() == 0


@pytest.mark.parametrize(
    ("change", "expected", "hint"),
    [
        ((">= limit", "> limit"), "a call at", "what is older"),
        (("'(' .. now - span", "now - span"), "a call at", "exactly so old still counts"),
        (("redis.call('PEXPIRE', KEYS[1], span + 1)", ""), "the key ends", "PEXPIRE"),
        (("return 0", ""), "a call at", "what is older"),
    ],
    ids=["one too many", "the edge is left out", "no end", "says nothing"],
)
async def test_a_wrong_script_of_one_window_is_told_why(
    redis: Redis,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str,
    hint: str,
) -> None:
    """The check names the call, or what is left behind."""
    await lab1.one_window(redis, defined("one-script", *change)["LOG"])
    wanted, _, advice = told(capsys)
    assert wanted.startswith(expected)
    assert hint in advice


FORGET = "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now - longest)\n"
NOTE = "redis.call('ZADD', KEYS[1], now, ARGV[2])\n"
LOOP = "for w = 3, #ARGV, 2 do\n"


@pytest.mark.parametrize(
    ("change", "expected", "hint"),
    [
        ((NOTE, "", LOOP, NOTE + LOOP), "a call at", "before the first write"),
        (("return (w - 1) / 2", "return 1"), "a call at", "the number of the one"),
        ((FORGET, ""), "calls in the set", "what is too old is removed"),
        (("math.max(longest, span)", "1000"), "a call at", "ask every window"),
    ],
    ids=["writes first", "always the first window", "never forgets", "forgets too early"],
)
async def test_a_wrong_script_of_several_windows_is_told_why(
    redis: Redis,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str,
    hint: str,
) -> None:
    """The check names the call, or what is left behind."""
    await lab1.every_window(redis, defined("every-window", *change)["LOGS"])
    wanted, _, advice = told(capsys)
    assert wanted.startswith(expected)
    assert hint in advice


async def test_the_modules_functions_pass(redis: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    """The reference counts and waits as the check's own arithmetic does."""
    names = defined("script-ask")
    await lab1.ask_window(redis, names["_LOG"] + names["_ASK"])
    assert capsys.readouterr().out == "exercise 4: passed\n"


@pytest.mark.parametrize(
    ("change", "expected", "hint"),
    [
        (("used = count - first", "used = count"), "`used`", "from `first` on"),
        (("used + select(2, entry(log, i))", "used + 1"), "`used`", "adds up their tokens"),
        (("used + cost - limit, now", "used - limit, now"), "`free_at`", "one by one"),
        (("span + 1\n  end\n  if", "span\n  end\n  if"), "`free_at`", "one by one"),
        (("(weighted and weight or 1)", "1"), "`free_at`", "one by one"),
        (("free_at = math.huge end", "free_at = now end"), "`free_at` (-1", "math.huge"),
    ],
)
async def test_a_wrong_function_is_told_which_number_is_wrong(
    redis: Redis,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str,
    hint: str,
) -> None:
    """The check names the variable to look at."""
    names = defined("script-ask", *change)
    await lab1.ask_window(redis, names["_LOG"] + names["_ASK"])
    wanted, _, advice = told(capsys)
    assert wanted.startswith(expected)
    assert hint in advice


@pytest.mark.parametrize(
    ("change", "expected", "hint"),
    [
        ((" + tonumber(ARGV[2])", ""), "one that is there", "at `place`"),
        ((" or entry(log, i) ~= ms", ""), "one that is there", "at `place`"),
        (("i * 8 + 5", "i * 8 + 4"), "100 + 70 + 50", "begins at byte"),
        (
            ("'SETRANGE', KEYS[1], i * 8 + 5,", "'SET', KEYS[1], string.sub(log, 1, i * 8 + 5) .."),
            "100 + 70 + 50",
            "three bytes",
        ),
    ],
    ids=["no place", "another millisecond", "another byte", "cuts the rest off"],
)
async def test_a_wrong_settlement_is_told_why(
    redis: Redis,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, ...],
    expected: str,
    hint: str,
) -> None:
    """Every entry but the one that is meant stays as it was."""
    names = defined("script-settle", *change)
    await lab1.settle(redis, names["ADMIT"], names["SETTLE"])
    wanted, _, advice = told(capsys)
    assert wanted.startswith(expected)
    assert hint in advice


async def test_a_right_settlement_passes(redis: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    """The reference's script is right."""
    names = defined("script-settle")
    await lab1.settle(redis, names["ADMIT"], names["SETTLE"])
    assert capsys.readouterr().out == "exercise 6: passed\n"


async def test_a_settlement_that_forgets_the_keys_end_is_told(
    redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    """SET writes the same bytes, and the key would stay for ever."""
    names = defined("script-settle", "return 1\n", "redis.call('PERSIST', KEYS[1])\nreturn 1\n")
    await lab1.settle(redis, names["ADMIT"], names["SETTLE"])
    assert told(capsys) == (
        "the key still ends: True",
        "False",
        "SETRANGE keeps its end, SET forgets it",
    )


@pytest.mark.parametrize(
    ("cell", "name", "exercise"), [("one-script", "LOG", 2), ("every-window", "LOGS", 3)]
)
async def test_a_hole_in_a_script_is_found_in_redis_error(
    redis: Redis, cell: str, name: str, exercise: int
) -> None:
    """What Lua says about an open exercise arrives as that exercise."""
    judge = {2: lab1.one_window, 3: lab1.every_window}[exercise]
    with pytest.raises(ResponseError) as caught:
        await judge(redis, defined(cell, book=OPEN)[name])
    found = open_exercise(caught.value)
    assert found is not None
    assert found.exercise == exercise
