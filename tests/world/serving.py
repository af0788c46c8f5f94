"""Serve parts of the world over real HTTP to one test."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from world.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from world.server import Part


@contextmanager
def client_of(*parts: Part) -> Iterator[httpx.Client]:
    """Serve `parts` on a free loopback port; yield an HTTP client of them that uses no proxy."""
    with serve(parts) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client
