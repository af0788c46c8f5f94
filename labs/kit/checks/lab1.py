"""The public checks of lab 1, rate limiting. Each leaves Redis and the world as it found them."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from redis.exceptions import ConnectionError as RedisGone

from labs.kit.check import Missed, check, expect
from labs.kit.checks.logs import KEY, exact, packed_ask, sorted_set

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

    from world.client import World


class Log(Protocol):
    """A limiter in one process, whose clock is given."""

    def admit(self, now: float) -> bool:
        """Admit or refuse one call."""


@check(1)
async def sliding_log(make: Callable[[int, float], Log]) -> None:
    """Expect a log that admits exactly `limit` calls in any `seconds`."""
    log = make(3, 60)
    admitted: list[float] = []
    for now in (0, 10, 50, 59, 60, 61, 70, 71, 110, 112, 115, 200, 200, 200, 200):
        right = sum(now - at <= 60 for at in admitted) < 3
        hint = (
            "forget calls that are older than 60 seconds, and never log a refused one"
            if right
            else "a call counts while it is at most 60 seconds old: exactly 60 still counts"
        )
        where = f"3 in 60 seconds, asked at {now} after {admitted}"
        expect(log.admit(now), right, where, hint=hint)
        if right:
            admitted.append(now)


@check(2)
async def one_window(redis: Redis, script: str) -> None:
    """Expect a script that keeps one window in a sorted set."""
    hint = "what is older than `now - span` goes first; what is exactly so old still counts"
    await sorted_set(redis, script, (3, 60_000), hint=hint)


@check(3)
async def every_window(redis: Redis, script: str) -> None:
    """Expect a script that asks every window before it writes."""
    hint = "ask every window before the first write, and return the number of the one that refuses"
    await sorted_set(redis, script, (3, 60_000), (7, 300_000), hint=hint)


@check(4)
async def ask_window(redis: Redis, functions: str) -> None:
    """Expect an `ask` that counts calls and tokens, and says when there is room."""
    calls = [(1_000 + 410 * n, 37 * n % 60) for n in range(20)]
    for unit, limit, cost in (("requests", 30, 1), ("requests", 5, 1), ("tokens", 90, 50)):
        weights = [(at, weight if unit == "tokens" else 1) for at, weight in calls]
        for now in (8_790, 8_900, 9_199, 99_000):
            right = exact([w for w in weights if w[0] >= now - 3_000], now, limit - cost)
            used, free_at = await packed_ask(redis, functions, calls, now, limit, unit, cost)
            asked = f"of {limit} {unit}, asked for {cost} at {now} ms"
            hint = "it counts the entries from `first` on; weighted, it adds up their tokens"
            expect(used, right[0], f"`used` {asked}", hint=hint)
            hint = "let the oldest leave, one by one, until nothing is in excess"
            expect(free_at, right[1], f"`free_at` {asked}", hint=hint)
    _, free_at = await packed_ask(redis, functions, calls, 8_900, 90, "tokens", 91)
    hint = "when every entry has left and `excess` is still above 0, it is `math.huge`"
    expect(free_at, -1, "`free_at` (-1: never) of 90 tokens, asked for 91", hint=hint)


@check(5)
async def tiers(redis: Redis, refused_by: Callable[[str, int], Awaitable[int]]) -> None:
    """Expect one log a tenant, whichever key is used, with the windows of the tenant's tier."""
    logs = [f"lab1:tier:{tenant}" for tenant in ("ada", "bob")]
    await redis.delete(*logs)
    free = "the free tier has ten calls a minute, and each tenant a log of its own"
    pro = "the pro tier has sixty a minute"
    told: list[tuple[str, int, int, str]] = [
        ("key-bob", 0, 0, pro),
        *(("key-ada", 0, 0, free) for _ in range(10)),
        ("key-ada-2", 0, 1, "the log belongs to the tenant, not to the key: `lab1:tier:ada`"),
        *(("key-bob", 30_000, 0, pro) for _ in range(59)),
        ("key-bob", 30_000, 1, pro),
        ("key-ada-2", 60_001, 0, "after a minute the free tier has room again"),
    ]
    for key, now, right, hint in told:
        expect(await refused_by(key, now), right, f"{key} at {now} ms", hint=hint)
    await redis.delete(*logs)
    try:
        answer = await refused_by("key-of-nobody", 0)
    except PermissionError:
        return
    raise Missed(expected="PermissionError", actual=answer, hint="look into TENANTS first")


@check(6)
async def settle(redis: Redis, admit: str, correct: str) -> None:
    """Expect a script that rewrites one entry in place, and only that one."""
    await redis.delete(KEY)
    window = (1_000, 60_000, "tokens")
    for tokens in (100, 800, 50):  # three entries of one millisecond
        await redis.eval(admit, 1, KEY, 5_000, tokens, 1, *window)
    second, never_there, has_left = (5_000, 1), (5_000, 3), (4_000, 0)
    entries = (second, never_there, has_left)
    answers = [await redis.eval(correct, 1, KEY, *entry, 70) for entry in entries]
    used = (await redis.eval(admit, 1, KEY, 5_000, 0, 0, *window))[4]
    expires = await redis.pttl(KEY)
    await redis.delete(KEY)
    hint = "return 1; 0 for an entry that is not at `place` among those of its millisecond"
    expect(answers, [1, 0, 0], "one that is there, two that are not", hint=hint)
    hint = "the weight of entry `i` begins at byte `i * 8 + 5`: three bytes, from `bytes`"
    expect(used, 220, "100 + 70 + 50 tokens", hint=hint)
    expect(expires > 0, True, "the key still ends", hint="SETRANGE keeps its end, SET forgets it")


@check(7)
async def headers(
    decision: Callable[..., Any], window: Callable[..., Any], state: Callable[..., Any]
) -> None:
    """Expect headers that say what is left, until when, and how long to wait."""
    calls, tokens = window(10, 60), window(1000, 3600, "tokens")
    states = (state(calls, 0, 6.2), state(tokens, 340, 12.0))
    fields = {
        "RateLimit-Policy": '"requests-60";q=10;w=60, "tokens-3600";q=1000;w=3600;qu="tokens"',
        "RateLimit": '"requests-60";r=0;t=7, "tokens-3600";r=340;t=12',
    }
    refused = decision(False, states, retry_after_seconds=6.001, refused_by=calls).headers()
    _same(refused, fields | {"Retry-After": "7"}, "round up: a client that comes early is refused")
    admitted = decision(True, states).headers()
    _same(admitted, fields, "an admitted call carries no Retry-After")
    never = decision(False, states, retry_after_seconds=float("inf")).headers()
    _same(never, fields, "a request that can never fit has no Retry-After")


def _same(actual: object, expected: dict[str, str], hint: str) -> None:
    """Compare headers, and show only the first that differs."""
    if not isinstance(actual, dict):
        raise Missed(expected="a dict", actual=repr(actual), hint="return the fields")
    for name in expected | actual:
        advice = hint if name == "Retry-After" else "one member a window, joined by `, `"
        right = expected.get(name, "(not sent)")
        expect(actual.get(name, "(not sent)"), right, name, hint=advice)


Chat: TypeAlias = "Callable[[str, tuple[Any, ...]], Awaitable[tuple[str, dict[str, str]]]]"


@check(8)
async def chat(ask: Chat, limiter: Any, window: Callable[..., Any], world: World) -> None:
    """Expect a call to cost what was billed, a failed one no tokens, a refused one nothing."""
    windows = (window(2, 600), window(1_000, 600, "tokens"))
    await limiter.reset(KEY)
    before = len(world.ledger())
    try:
        answered, _ = await ask(KEY, windows)
        expect(answered, "ok", "the provider answers", hint='return "ok" and the headers')
        bill = world.ledger()[-1]
        left = 1_000 - bill["tokens_in"] - bill["tokens_out"]
        hint = "settle the reservation with `answer.usage.total_tokens`"
        expect(await _tokens_left(limiter, windows), left, "tokens left of 1,000", hint=hint)
        world.faults({"kind": "status", "status": 500, "times": 1})
        failed, _ = await ask(KEY, windows)
        expect(failed, "failed", "the provider fails", hint="catch APIError")
        hint = "settle with 0 tokens before you return"
        expect(await _tokens_left(limiter, windows), left, "tokens left of 1,000", hint=hint)
        refused, fields = await ask(KEY, windows)
        hint = "return the headers before the provider is asked"
        expect((refused, "Retry-After" in fields), ("refused", True), "the third of two", hint=hint)
        expect(len(world.ledger()) - before, 2, "calls at the provider", hint=hint)
    finally:
        world.no_faults()
        await limiter.reset(KEY)


async def _tokens_left(limiter: Any, windows: tuple[Any, ...]) -> object:
    """Return what remains of the second window."""
    return (await limiter.peek(KEY, windows)).states[1].remaining


@check(9)
async def redis_away(
    admit_or: Callable[[str, Any, Log], Awaitable[bool]], log: Callable[[int, float], Log]
) -> None:
    """Expect Redis to decide while it answers, and the policy to decide when it does not."""
    yes, no = Shared(answer=True), Shared(answer=False)
    away, silent = Shared(error=RedisGone("connection refused")), Shared()
    told: list[tuple[str, Shared, str, list[bool]]] = [
        ("Redis admits", yes, "closed", [True, True]),
        ("Redis refuses", no, "open", [False, False]),
        ("Redis is away", away, "open", [True, True]),
        ("Redis is away", away, "closed", [False, False]),
        ("Redis is away", away, "local", [True, False]),
        ("Redis is silent", silent, "open", [True, True]),
    ]
    for case, shared, policy, right in told:
        spare = log(1, 60)
        try:
            async with asyncio.timeout(4):
                answers: object = [await admit_or(policy, shared, spare) for _ in right]
        except (RedisGone, TimeoutError) as error:
            answers = type(error).__name__
        hint = "one `except` for RedisError and TimeoutError; in it the policy decides"
        expect(answers, right, f"{case}, `{policy}`, a local log of one call", hint=hint)


class Shared:
    """A limiter whose Redis answers, is away, or says nothing at all."""

    def __init__(self, *, answer: bool | None = None, error: Exception | None = None) -> None:
        self._answer, self._error = answer, error

    async def admit(self, *_: object, **__: object) -> SimpleNamespace:
        """Decide, raise, or wait for ever."""
        if self._error:
            raise self._error
        if self._answer is None:
            await asyncio.Event().wait()
        return SimpleNamespace(allowed=self._answer)
