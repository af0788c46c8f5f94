"""Keep the newest records of one kind, and offer them at one address.

An ingest runs for a whole afternoon in a class: the oldest records go when there are too
many or they take too much memory, and how many went is said, never hidden.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.responses import Response
from starlette.routing import Route

from world.body import json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

MAX_RECORDS = 10_000
MAX_KEPT_BYTES = 256 * 1024 * 1024

T = TypeVar("T")


class Kept(Generic[T]):
    """The newest records, at most `records` of them and about `size_bytes` in all."""

    def __init__(self, *, records: int = MAX_RECORDS, size_bytes: int = MAX_KEPT_BYTES) -> None:
        self._records: deque[T] = deque()
        self._sizes: deque[int] = deque()
        self._max_records = records
        self._max_bytes = size_bytes
        self._bytes = 0
        self.dropped = 0

    def add(self, record: T, size_bytes: int) -> None:
        """Keep one record, which takes about `size_bytes`; the oldest make room."""
        self._records.append(record)
        self._sizes.append(size_bytes)
        self._bytes += size_bytes
        while len(self._records) > self._max_records or self._bytes > self._max_bytes:
            self._records.popleft()
            self._bytes -= self._sizes.popleft()
            self.dropped += 1

    def all(self) -> list[T]:
        """Return a copy of what is kept, oldest first."""
        return list(self._records)

    def clear(self) -> None:
        """Forget everything, also how much was dropped."""
        self._records.clear()
        self._sizes.clear()
        self._bytes = self.dropped = 0

    def __len__(self) -> int:
        return len(self._records)


def read_back(path: str, kept: Kept[T], to_json: Callable[[T], object]) -> Route:
    """Offer GET (a JSON list, `X-Dropped` beside it) and DELETE (204) of one kind of record."""

    async def endpoint(request: Request) -> Response:
        if request.method == "DELETE":
            kept.clear()
            return Response(status_code=204)
        answer = json_answer([to_json(record) for record in kept.all()])
        answer.headers["X-Dropped"] = str(kept.dropped)
        return answer

    return Route(path, endpoint, methods=["GET", "DELETE"])
