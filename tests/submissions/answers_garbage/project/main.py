"""Looks healthy, and answers everything else with what a careless reader trips over."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

HEALTHY = (200, b"{}", b"0")
ANSWERS = cycle(
    (
        (200, b"[" * 100_000, b"NaN"),
        (429, b'{"error": [], "requests": {"miss": 1e400}}', b"-1"),
        (501, b'{"error": {"code": 5, "message": null}, "requests": 7}', b"1e999999"),
        (402, b'data: {"usage": {"cost_usd": {}}}\n\ndata: [\n\n', b"9" * 5_000),
        (200, b'{"choices": {"0": []}, "requests": {"miss": {}}}\xff', b"\xf0\x9f\x92\xa9"),
        (400, b'ai{a="b",c="d} NaN\nai{a="b"} Infinity\n{}{}{}', b""),
        (204, b"", b"0x10"),
        (307, b"", b"inf"),
    )
)


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request."""
    if scope["type"] != "http":
        return
    status, body, value = HEALTHY if scope["path"] in ("/livez", "/readyz") else next(ANSWERS)
    names = (b"x-cost-usd", b"retry-after", b"x-cache", b"x-degraded", b"location")
    headers = [(name, value) for name in names]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
