"""The public checks of lab 1, rate limiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from labs.kit.check import Missed, check

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "lab1:check"


class Log(Protocol):
    """A limiter in one process, whose clock is given."""

    def admit(self, now: float) -> bool:
        """Admit or refuse one call."""


class Redis(Protocol):
    """What the check of a script needs of a Redis client."""

    async def delete(self, *keys: str) -> Any:
        """Remove keys."""

    async def eval(self, script: str, keys: int, /, *arguments: str | int) -> Any:
        """Run a Lua script."""


@check(1)
async def sliding_log(make: Callable[[int, float], Log]) -> None:
    """Expect a log that admits exactly `limit` calls in any `seconds`."""
    log = make(3, 60)
    admitted: list[float] = []
    for now in (0, 10, 50, 59, 60, 61, 70, 71, 110, 112, 115, 200, 200, 200, 200):
        right = sum(now - at <= 60 for at in admitted) < 3
        answer = log.admit(now)
        if answer is not right:
            _blame(now, admitted, answer, right=right)
        if right:
            admitted.append(now)


def _blame(now: float, admitted: list[float], answer: object, *, right: bool) -> None:
    """Say what a log with a limit of 3 in 60 seconds did wrong."""
    words = {True: "admitted", False: "refused"}
    if right:
        hint = "forget calls that are older than 60 seconds, and never log a refused one"
    else:
        hint = "a call counts while it is at most 60 seconds old: exactly 60 still counts"
    raise Missed(
        expected=f"{words[right]} at second {now}, after calls at {admitted}; 3 in 60 seconds",
        actual=words[answer] if isinstance(answer, bool) else f"{answer!r}, which is no bool",
        hint=hint,
    )


WINDOWS = ((3, 1_000, "requests"), (8, 5_000, "requests"), (150, 3_000, "tokens"))


@check(2)
async def admit_script(redis: Redis, script: str) -> None:
    """Expect a script that decides as an exact log does, over three windows at once."""
    await redis.delete(KEY)
    log: list[tuple[int, int]] = []
    now = 1_000
    for number in range(1, 201):
        now, tokens = now + number * 37 % 700, number * 53 % 60
        expected = _exact(log, now, tokens)
        arguments = (v for window in WINDOWS for v in window)
        reply = await redis.eval(script, 1, KEY, now, tokens, 1, *arguments)
        actual = [reply[0], reply[1], *reply[4::2]]
        if actual != expected:
            raise Missed(
                expected=f"call {number}, at {now} ms: {_words(expected)}",
                actual=_words(actual),
                hint=_hint(expected, actual),
            )
        if expected[0] == 0:
            log.append((now, tokens))
    await redis.delete(KEY)


def _exact(log: list[tuple[int, int]], now: int, tokens: int) -> list[int]:
    """Return the window that refuses (0 for none), the milliseconds to wait, and each `used`."""
    refused, wait, used = 0, 0, []
    for number, (limit, span, unit) in enumerate(WINDOWS, start=1):
        cost = tokens if unit == "tokens" else 1
        inside = [(at, n if unit == "tokens" else 1) for at, n in log if at >= now - span]
        used.append(sum(n for _, n in inside))
        free = (at + span + 1 for at, _ in inside)
        left = (sum(n for _, n in inside[skip + 1 :]) for skip in range(len(inside)))
        fits = (at - now for at, n in zip(free, left, strict=True) if n + cost <= limit)
        asked = 0 if used[-1] + cost <= limit else next(fits)
        if asked > wait:
            wait, refused = asked, number
    return [refused, wait, *used]


def _words(reply: list[int]) -> str:
    """Put a script's answer into words."""
    verdict = "admitted" if reply[0] == 0 else f"refused by window {reply[0]} for {reply[1]} ms"
    return f"{verdict}, with {reply[2:]} used"


def _hint(expected: list[int], actual: list[int]) -> str:
    """Say which of the two numbers of exercise 2 to look at."""
    if expected[2:] != actual[2:]:
        return "`used` counts the entries from `first` on; weighted, it adds up their tokens"
    return "`free_at`: let the oldest leave, one by one, until nothing is in excess"


@check(3)
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
    """Compare headers, and show only those that differ."""
    if not isinstance(actual, dict):
        raise Missed(expected="a dict", actual=repr(actual), hint="return the fields")
    wrong = [k for k in expected | actual if expected.get(k) != actual.get(k)]
    if wrong:
        first = wrong[0]
        raise Missed(
            expected=f"{first}: {expected.get(first, '(not sent)')}",
            actual=f"{first}: {actual.get(first, '(not sent)')}",
            hint=hint if first == "Retry-After" else "one member a window, joined by `, `",
        )
