"""Looks healthy, prints without end, and takes the whole service down with its first question."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        sys.stdout.write("x" * 5_000_000)
        os.kill(os.getppid(), signal.SIGKILL)
        os._exit(1)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})
