"""The process that owns the stand-ins, and outlives its owner just long enough to clean up.

Standard input is a lifeline: the first line is the Order, each later one the process id of the
owner's command (0: it has ended). At the end of the file, which the kernel brings about however the
owner dies, the command's processes end first, while what they talk to still answers; then the
parts.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import NoReturn

from world.environment import Addresses
from world.errors import WorldError
from world.order import Order, error_line, ready_line
from world.redis import RedisServer

# How long a command whose owner is gone may take to end by itself.
GRACE_SECONDS = 1.0


def main() -> int:
    """Start what is ordered, say where it is, and keep it until the owner is gone."""
    _leave_only_in_order()
    line = sys.stdin.readline()
    if not line:
        return 0
    order = Order.from_line(line)
    with contextlib.ExitStack() as stack:
        try:
            addresses = _start(order, stack)
        except WorldError as error:
            _say(error_line(error))
            return 1
        _say(ready_line(addresses))
        _keep(order.mark)
    return 0


def _start(order: Order, stack: contextlib.ExitStack) -> Addresses:
    redis = http = None
    if order.redis:
        redis = stack.enter_context(RedisServer(appendonly=order.settings.appendonly))
    if order.http:
        from world.parts import serve_all  # noqa: PLC0415 - 0.2 s that only HTTP is worth

        http = stack.enter_context(serve_all(order, redis))
    return Addresses(http=http, redis=redis)


def _keep(mark: str | None) -> None:
    """Read the lifeline to its end, then end what the command left."""
    from world.processes import end  # noqa: PLC0415 - while the owner works, not while it waits

    pid = 0
    try:
        for line in sys.stdin:
            pid = int(line)
    finally:
        if mark:
            end(mark, pid, grace_seconds=GRACE_SECONDS)


def _leave_only_in_order() -> None:
    """Let SIGTERM clean up too, and leave Ctrl-C to the owner."""
    handled = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    # The owner blocks its own signals before it starts us, and a mask is inherited.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, handled)


def _leave(_number: int, _frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # an owner that died meanwhile is noticed at the lifeline
        print(line, flush=True)  # noqa: T201 - standard output is the way to the owner


if __name__ == "__main__":
    sys.exit(main())
