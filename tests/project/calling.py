"""Call a provider as the API does."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson

from project.provider import Provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = "sk-tests"
CHAT = "/chat/completions"
HELLO = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}
HEADERS = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


@asynccontextmanager
async def connected(
    base_url: str, *, key: str = KEY, read_seconds: float = 5.0
) -> AsyncIterator[Provider]:
    """Connect, and close whatever happens."""
    provider = Provider.connect(base_url, api_key=key, read_seconds=read_seconds)
    try:
        yield provider
    finally:
        await provider.aclose()


async def post(provider: Provider, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask for a whole answer."""
    return (await provider.post(CHAT, orjson.dumps(body or HELLO), headers=HEADERS)).body


async def stream(provider: Provider) -> list[dict[str, Any]]:
    """Ask for a streamed answer and read it to its end."""
    body = orjson.dumps({**HELLO, "stream": True})
    opened = await provider.open(CHAT, body, headers=HEADERS)
    async with opened as events:
        return [event async for event in events]
