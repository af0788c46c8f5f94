"""Ask a running world what it saw and tell it what to do, from a notebook or a test.

w = world.start(seed=5)
w.faults({"kind": "status", "status": 503, "times": 2})
...
w.ledger()[-1]["outcome"]  ->  "ok"
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from world.errors import WorldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT_SECONDS = 10.0
PROBE_SECONDS = 2.0


def _nothing() -> None:
    """Leave a world alone that somebody else started."""


@dataclass(frozen=True, slots=True)
class World:
    """A running world: where it is, what it saw, and how to change it.

    `url` is the control address, and a page in a browser. `redis_url` is None where the world
    started no Redis because REDIS_URL was set.
    """

    url: str
    redis_url: str | None = None
    seed: int = 5
    stop_owner: Callable[[], None] = field(default=_nothing, repr=False, compare=False)

    def ledger(self) -> list[dict[str, Any]]:
        """Return the calls that the provider really saw, oldest first.

        Each has `at`, `path`, `model`, `tokens_in`, `tokens_out`, `cost_usd` (a decimal string),
        `outcome`, `status`, `trace_id`, `attempt_of`. A call enters when it ends.

            sum(Decimal(call["cost_usd"]) for call in w.ledger())
        """
        calls: list[dict[str, Any]] = self._ask("GET", "/ledger")["calls"]
        return calls

    def clear_ledger(self) -> None:
        """Forget the calls so far."""
        self._ask("DELETE", "/ledger")

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Let the provider fail by these rules, in place of all earlier ones.

        The first rule that fits a call, and is not used up, applies.

        `kind`: "status", "reset", "hang", "slow", "cut" or "broken_json"; for "status" also
        `status` (500), `code`, `retry_after` (seconds). `seconds`: how late "slow" is, how long
        "hang" lasts. `times`: how often (None: for ever), `after` so many calls, with
        `probability` (drawn from `seed`), `from` and `until` in seconds from now, `model`.

            w.faults({"kind": "status", "status": 429, "retry_after": 2, "times": 3},
                     {"kind": "slow", "seconds": 1.5, "probability": 0.1, "seed": 5})
        """
        self._ask("PUT", "/faults", [dict(rule) for rule in rules])

    def no_faults(self) -> None:
        """Let the provider answer every call again."""
        self._ask("DELETE", "/faults")

    def capacity(self, **changes: float | None) -> dict[str, Any]:
        """Change how much the provider can take, and return it; without changes, just return it.

        `quota_per_second` (over it: 429) and `concurrency` (over it: slower), None without limit;
        `latency_seconds` to the first token, `seconds_per_token`.

            w.capacity(quota_per_second=5)
            w.capacity(concurrency=2, latency_seconds=0.2)    # a brown-out
        """
        present: dict[str, Any] = self._ask("GET", "/capacity")
        if changes:
            present = self._ask("PUT", "/capacity", present | changes)
        return present

    def sentry_events(self) -> list[dict[str, Any]]:
        """Return the error events that the Sentry stand-in received, oldest first."""
        return self._list("/sentry/events")

    def spans(self) -> list[dict[str, Any]]:
        """Return the OpenTelemetry spans that arrived: `name`, `trace_id`, `start`, `end`, ..."""
        return self._list("/otlp/spans")

    def webhooks(self) -> list[dict[str, Any]]:
        """Return the webhook deliveries: `headers`, `body`, ..."""
        return self._list("/webhooks")

    def reset(self) -> None:
        """Bring the world back to how it started, with nothing seen; Redis keeps its data."""
        self.no_faults()
        started = facts(self.url)
        if started:
            self._ask("PUT", "/capacity", started["capacity"])
        for path in _RECORDS:
            self._ask("DELETE", path)

    def stop(self) -> None:
        """End the stand-ins that `world.start` started; a world that it found goes on."""
        self.stop_owner()

    def _list(self, path: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self._ask("GET", path)
        return records

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            return ask(method, self.url + path, body)
        except HTTPError as error:
            raise WorldError(f"{path}: {_reason(error)}") from None
        except (OSError, HTTPException) as error:
            raise WorldError(f"the world at {self.url} does not answer: {error}") from None


_RECORDS = (
    "/ledger",
    "/sentry/events",
    "/sentry/logs",
    "/sentry/raw",
    "/sentry/items",
    "/otlp/spans",
    "/otlp/counts",
    "/webhooks",
    "/webhooks/failures",
)


def facts(url: str) -> dict[str, Any] | None:
    """Return how the world at an address was started; None if there is no world."""
    try:
        known = ask("GET", f"{url}/world", seconds=PROBE_SECONDS)
    except (OSError, HTTPException, ValueError):
        return None
    return known if isinstance(known, dict) and known.get("ok") is True else None


def ask(method: str, url: str, body: Any = None, *, seconds: float = TIMEOUT_SECONDS) -> Any:
    """Send one JSON request and return the JSON answer, None for an empty one."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
    with _opener().open(request, timeout=seconds) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@functools.cache
def _opener() -> OpenerDirector:
    # A proxy of the environment has no business between us and our own machine.
    return build_opener(ProxyHandler({}))


def _reason(error: HTTPError) -> str:
    with error:
        try:
            return str(json.loads(error.read())["error"]["message"])
        except (ValueError, KeyError, TypeError):
            return str(error)
