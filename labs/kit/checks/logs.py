"""How lab 1's checks compare a log in Redis with an exact one in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.kit.check import expect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis

KEY = "lab1:check"


async def sorted_set(redis: Redis, script: str, *windows: tuple[int, int], hint: str) -> None:
    """Send calls in virtual time, and compare each reply and what is left with an exact log."""
    await redis.delete(KEY)
    spans = [value for window in windows for value in window]
    longest = max(span for _, span in windows)
    # At first to the edge of the first window, at last past the end of all.
    pauses = [0, 0, 0, spans[1], *(number * 7_919 % 40_000 for number in range(60)), longest + 1]
    now, admitted = 1_000, list[int]()
    for number, pause in enumerate(pauses):
        now += pause
        full = [sum(at >= now - span for at in admitted) >= limit for limit, span in windows]
        right = full.index(True) + 1 if any(full) else 0
        reply = await redis.eval(script, 1, KEY, now, f"call-{number}", *spans)
        expect(reply, right, f"a call at {now} ms, after {admitted[-7:]}", hint=hint)
        if right == 0:
            admitted.append(now)
    entries, expires = await redis.zcard(KEY), await redis.pttl(KEY)
    await redis.delete(KEY)
    hint = "a refused call is not added, and what is too old is removed"
    expect(entries, 1, "calls in the set after a long pause", hint=hint)
    hint = "PEXPIRE: the log of somebody who never comes back must not stay for ever"
    expect(0 < expires <= longest + 1, True, "the key ends with the longest window", hint=hint)


async def packed_ask(
    redis: Redis, functions: str, calls: Sequence[tuple[int, int]], *asked: int | str
) -> tuple[int, int]:
    """Call the script's `ask` on a packed log with a window of three seconds."""
    packed = b"".join(at.to_bytes(5, "big") + weight.to_bytes(3, "big") for at, weight in calls)
    script = functions + (
        "local now, limit, cost = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])\n"
        "local used, free_at = ask(ARGV[1], now, 3000, limit, ARGV[4] == 'tokens', cost)\n"
        "return {used, free_at == math.huge and -1 or free_at}"
    )
    used, free_at = await redis.eval(script, 0, packed, *asked)
    return used, free_at


def exact(inside: Sequence[tuple[int, int]], now: int, room: int) -> tuple[int, int]:
    """Return what a window of three seconds holds, and when it holds no more than `room`."""
    used = left = sum(weight for _, weight in inside)
    free_at = now
    for at, weight in inside:
        if left <= room:
            break
        left, free_at = left - weight, at + 3_001
    return used, free_at
