"""Watches each request to its end: one record, one log line, one event if it finally failed."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from project.errors import ApiError, BudgetExceeded, RateLimited, TooManyInFlight
from project.patterns.monitoring import Monitor, Outcome, Seen, report_failure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from project.trail import Trail

log = logging.getLogger("project.requests")


class Observer:
    """Records requests in the background, so that nobody waits for being counted."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._recording: set[asyncio.Task[None]] = set()
        self.lost = 0

    @asynccontextmanager
    async def watch(self, trail: Trail) -> AsyncIterator[None]:
        """Note how the request in this block ends, and let its error pass."""
        try:
            yield
        except ApiError as error:
            trail.outcome = _outcome(error)
            if isinstance(error, RateLimited):
                trail.quota = error.decision
                if error.degraded:
                    trail.lacks("limits")
            if error.http_status >= 500:
                self._report(trail, error)
            raise
        except Exception as error:  # the monitor reports every failure, and passes it on
            trail.outcome = "error"
            self._report(trail, error)
            raise
        finally:
            self._record(trail)

    async def drain(self) -> None:
        """Wait for what is still being recorded."""
        await asyncio.gather(*self._recording)

    def _report(self, trail: Trail, error: Exception) -> None:
        tags = {
            "request_id": trail.request_id,
            "tenant": trail.tenant.name if trail.tenant else "",
            "model": trail.model,
            "attempts": str(trail.attempts),
        }
        report_failure(error, trace_id=trail.trace.trace_id, tags=tags)

    def _record(self, trail: Trail) -> None:
        seen = Seen(
            outcome=trail.outcome,
            seconds=time.monotonic() - trail.began,
            tenant=trail.tenant.name if trail.tenant else "",
            model=trail.model,
            tokens_in=trail.tokens_in,
            tokens_out=trail.tokens_out,
            cost_nano=trail.cost,
            saved_nano=trail.saved,
            attempts=trail.attempts,
        )
        log.info("request", extra={"fields": _fields(trail, seen)})
        task = asyncio.get_running_loop().create_task(self._write(seen))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    async def _write(self, seen: Seen) -> None:
        try:
            await self.monitor.record(seen)
        except RedisError:
            self.lost += 1


def _outcome(error: ApiError) -> Outcome:
    match error:
        case RateLimited() | TooManyInFlight():
            return "rate_limited"
        case BudgetExceeded():
            return "budget"
        case _:
            return "error" if error.http_status >= 500 else "refused"


def _fields(trail: Trail, seen: Seen) -> dict[str, object]:
    """Return what the log line of a request says."""
    return {
        "request_id": trail.request_id,
        "trace_id": trail.trace.trace_id,
        "tenant": seen.tenant,
        "model": seen.model,
        "outcome": seen.outcome,
        "ms": round(seen.seconds * 1000, 2),
        "tokens_in": seen.tokens_in,
        "tokens_out": seen.tokens_out,
        "cost_usd": trail.cost_usd(),
        "attempts": seen.attempts,
        "degraded": trail.degraded,
    }
