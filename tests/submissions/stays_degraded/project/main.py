"""Answers without Redis, and goes on saying that something is missing when Redis is back."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


def redis_is_up() -> bool:
    """Say whether somebody listens where Redis should be."""
    address = urlsplit(os.environ["REDIS_URL"])
    with contextlib.suppress(OSError), socket.create_connection((address.hostname, address.port)):
        return True
    return False


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request."""
    if scope["type"] != "http":
        return
    ready = scope["path"] != "/readyz" or redis_is_up()
    headers = [] if scope["path"].endswith("z") else [(b"x-degraded", b"limits")]
    status = 200 if ready else 503
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"failing": ["redis"]}'})
