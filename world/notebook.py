"""The world of one process, a notebook kernel above all: started once, then found again."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from world.client import World, facts
from world.errors import WorldError
from world.session import Session, open_session

if TYPE_CHECKING:
    from world.order import Settings


class Owner:
    """At most one world, and the variables that lead to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._world: World | None = None

    def start(self, settings: Settings) -> World:
        """Return the running world, started now if there is none; WorldError for another seed."""
        with self._lock:
            if self._session and self._session.keeper and not self._session.keeper.alive:
                self._close()
            world = self._world or self._open(settings)
            if world.seed != settings.seed:
                raise WorldError(
                    f"the world at {world.url} runs with seed {world.seed}: stop() it before you"
                    f" start one with seed {settings.seed}"
                )
            return world

    def stop(self) -> None:
        """End the stand-ins that were started and take their variables out of the environment."""
        with self._lock:
            self._close()

    def _open(self, settings: Settings) -> World:
        self._session = session = open_session(settings, os.environ, mark=None)
        os.environ.update(session.variables)
        url = session.addresses.http
        started = facts(url) if url else None
        if url is None or started is None:
            raise WorldError("the world ended as soon as it had started")
        world = World(url, session.addresses.redis, seed=started["seed"])
        self._world = replace(world, stop_owner=self.stop)
        return self._world

    def _close(self) -> None:
        session, self._session, self._world = self._session, None, None
        if session is None:
            return
        if session.keeper:
            session.keeper.stop()
        for name, value in session.variables.items():
            if os.environ.get(name) == value:
                del os.environ[name]


OWNER = Owner()
