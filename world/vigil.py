"""Wait for a command to end, and decide what every signal and every death around it means.

Three threads wait, for a signal, for the command, for the keeper, and put what happens on one
queue. The loop that reads it decides, and looks every quarter of a second whether our own parent is
still there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Literal

from world.processes import end

if TYPE_CHECKING:
    from collections.abc import Callable

    from world.owner import Keeper

SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
GRACE_SECONDS = 1.0
PARENT_POLL_SECONDS = 0.25
# A person who presses Ctrl-C so often in so many seconds means it.
IMPATIENT_PRESSES = 3
IMPATIENT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: `number` is the signal, or the command's exit code."""

    kind: Literal["signal", "ended", "keeper_died"]
    number: int = 0
    from_kernel: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended; a command that a signal ended has the exit code 128 + its number."""

    exit_code: int
    keeper_died: bool


class Vigil:
    """The watch over one command; the signals must be held back in every thread."""

    def __init__(self, pid: int, mark: str, keeper: Keeper, *, shares_terminal: bool) -> None:
        self._pid, self._mark, self._keeper = pid, mark, keeper
        self._shares_terminal = shares_terminal
        self._parent = os.getppid()
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._presses: deque[float] = deque(maxlen=IMPATIENT_PRESSES)
        self._was_asked = False
        self._keeper_died = False
        self._force_at: float | None = None

    def wait(self) -> Ending:
        """Wait until the command has ended."""
        for waiter in (_signal, self._ended, self._keeper_gone):
            threading.Thread(target=self._report, args=(waiter,), daemon=True).start()
        while True:
            event = self._next()
            if event and event.kind == "ended":
                return Ending(event.number, self._keeper_died)
            if event:
                self._handle(event)
            self._look_around()

    def _next(self) -> Event | None:
        with suppress(Empty):
            return self._events.get(timeout=PARENT_POLL_SECONDS)
        return None

    def _handle(self, event: Event) -> None:
        if event.kind == "keeper_died":
            self._keeper_died = True
            self._end_soon()
        elif event.from_kernel and self._shares_terminal and event.number == signal.SIGINT:
            self._pressed()
        else:
            self._pass_on(event.number)

    def _pressed(self) -> None:
        """Count Ctrl-C: the command has got it too, and may have its own use for it."""
        self._presses.append(time.monotonic())
        seconds = self._presses[-1] - self._presses[0]
        if len(self._presses) == IMPATIENT_PRESSES and seconds < IMPATIENT_SECONDS:
            self._force()

    def _pass_on(self, number: int) -> None:
        """Send the command what we received; the second request to end is an order."""
        if number == signal.SIGHUP:  # many servers reload by it, again and again
            self._send(number)
        elif self._was_asked:
            self._force()
        else:
            self._was_asked = True
            self._send(number)

    def _look_around(self) -> None:
        if os.getppid() != self._parent:
            self._end_soon()
        if self._force_at is not None and time.monotonic() >= self._force_at:
            self._force()

    def _end_soon(self) -> None:
        if self._force_at is None:
            self._send(signal.SIGTERM)
            self._force_at = time.monotonic() + GRACE_SECONDS

    def _force(self) -> None:
        end(self._mark, self._pid, grace_seconds=0)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)

    def _report(self, waiter: Callable[[], Event]) -> None:
        event = waiter()
        self._events.put(event)
        while event.kind == "signal":
            event = waiter()
            self._events.put(event)

    def _ended(self) -> Event:
        _, status = os.waitpid(self._pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return Event("ended", 128 - code if code < 0 else code)

    def _keeper_gone(self) -> Event:
        self._keeper.wait()
        return Event("keeper_died")


def _signal() -> Event:
    if sys.platform == "linux":
        received = signal.sigwaitinfo(SIGNALS)
        number, from_kernel = received.si_signo, received.si_code > 0
    else:
        # Nobody says where it came from; Ctrl-C is the likely way.
        number = signal.sigwait(SIGNALS)
        from_kernel = number == signal.SIGINT
    return Event("signal", number, from_kernel)
