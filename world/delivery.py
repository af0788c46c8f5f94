"""Send an answer, whole or broken: what each fault looks like on the wire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from world.http import EVENT_STREAM_TYPE, JSON_TYPE

if TYPE_CHECKING:
    from world.faults import Kind
    from world.http import Exchange, Headers
    from world.ledger import Outcome
    from world.reply import Events


class Delivered(NamedTuple):
    """How a delivery ended, and how many tokens of a stream were sent."""

    outcome: Outcome
    tokens: int = 0


async def send_plain(web: Exchange, headers: Headers, body: bytes, kind: Kind | None) -> Delivered:
    """Send one JSON body; cut and broken_json send the first half of it."""
    half = body[: len(body) // 2]
    if kind == "cut":
        await web.start(200, [*headers, JSON_TYPE, (b"content-length", b"%d" % len(body))])
        await web.write(half, more=True)
        web.close()
        return Delivered("cut")
    broken = kind == "broken_json"
    await web.reply(200, [*headers, JSON_TYPE], half if broken else body)
    return Delivered("broken_json" if broken else "ok")


async def send_stream(
    web: Exchange, headers: Headers, events: Events, pause_seconds: float, kind: Kind | None
) -> Delivered:
    """Send server-sent events, one token in `pause_seconds`; cut ends after half of the tokens."""
    tokens = events.tokens
    if kind == "broken_json":
        tokens = _with_broken_middle(tokens)
    if kind == "cut":
        tokens = tokens[: len(tokens) // 2]
    await web.start(200, [*headers, EVENT_STREAM_TYPE, (b"cache-control", b"no-cache")])
    sent = await _send_tokens(web, events.opening, tokens, pause_seconds)
    if sent < len(tokens):
        return Delivered("client_gone", sent)
    if kind == "cut":
        web.close()
        return Delivered("cut", sent)
    await web.write(events.closing, more=False)
    return Delivered("broken_json") if kind == "broken_json" else Delivered("ok", sent)


async def _send_tokens(
    web: Exchange, opening: bytes, tokens: list[bytes], pause_seconds: float
) -> int:
    """Return how many tokens went out before the caller left."""
    if not pause_seconds:
        await web.write(opening + b"".join(tokens), more=True)
        return len(tokens)
    await web.write(opening, more=True)
    begun = time.perf_counter()
    for i, token in enumerate(tokens):
        # Waiting for a point in time, not for a while: late timers do not add up.
        if await web.left_within(begun + (i + 1) * pause_seconds - time.perf_counter()):
            return i
        await web.write(token, more=True)
    return len(tokens)


def _with_broken_middle(tokens: list[bytes]) -> list[bytes]:
    middle = len(tokens) // 2
    broken = [token[: len(token) // 2] + b"\n\n" for token in tokens[middle : middle + 1]]
    return tokens[:middle] + broken + tokens[middle + 1 :]
