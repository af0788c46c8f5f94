"""Answers 200 and the same text to everything, and asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

BODY = b'{"choices": [{"message": {"role": "assistant", "content": "Yes."}}]}'
HEADERS = [(b"content-type", b"application/json"), (b"x-cache", b"exact"), (b"x-cost-usd", b"0")]


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
