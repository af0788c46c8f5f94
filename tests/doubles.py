"""Small stand-ins that tests share: time that nobody waits for, given vectors, an outage."""

from __future__ import annotations

import asyncio
import math
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from redis.exceptions import ConnectionError as RedisConnectionError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from project.patterns.semantic_cache import Commands, Vector

T = TypeVar("T")


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class _Leap(selectors.DefaultSelector):
    """A selector that leaps over the time that it should wait."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return at once; a wait without an end means that nothing will ever happen."""
        assert timeout is not None, "every task waits and no timer runs"
        self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers end at once, in order; its clock begins at 0."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Return the virtual seconds since the loop began."""
        return self._leap.now


def in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end without waiting for any of its timers."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class Compass:
    """An embedder whose texts are directions in degrees: the cosine is that of their difference."""

    def __init__(self, directions: Mapping[str, float], *, id: str = "compass") -> None:  # noqa: A002  # the protocol's name
        self.id = id
        self._directions = directions
        self.embedded: list[str] = []

    async def embed(self, texts: list[str]) -> Vector:
        """Return one row of two floats a text."""
        self.embedded += texts
        angles = [math.radians(self._directions[text]) for text in texts]
        return np.array([(math.cos(a), math.sin(a)) for a in angles], dtype=np.float32)


class Outage:
    """A Redis that is away whenever a test says so."""

    def __init__(self, redis: Commands) -> None:
        self.away = False
        self._redis = redis

    async def execute_command(self, *args: Any) -> Any:
        """Pass a command on, or fail as a lost connection does."""
        if self.away:
            raise RedisConnectionError("Redis is away")
        return await self._redis.execute_command(*args)
