"""What the provider really saw: the truth that labs and the grader compare with.

A call enters the ledger when it ends. `tokens_in`, `tokens_out` and the cost are what is billed:
a call that ended well is billed in full; a stream that was cut, or whose caller went away, is
billed for the prompt and the tokens sent so far; everything else is free. The last is a deliberate
simplification: a real provider also bills the work that a plain call's caller did not wait for.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from world.prices import cost_nano, usd

Outcome = Literal[
    "ok",
    "rate_limited",
    "status",
    "invalid",
    "reset",
    "hang",
    "cut",
    "broken_json",
    "client_gone",
]
KEPT_CALLS = 200_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the provider saw it: `at` is its arrival (Unix time), `seconds` how long it took.

    `status` is None where no status was ever sent; `attempt_of` is the caller's own X-Request-Id;
    `request_id` is the X-Request-Id that the provider answered with.
    """

    at: float
    path: str
    model: str | None
    tokens_in: int
    tokens_out: int
    outcome: Outcome
    status: int | None
    trace_id: str | None
    attempt_of: str | None
    request_id: str
    stream: bool
    seconds: float

    @property
    def cost_nano(self) -> int:
        """The price of this call in nano-dollars."""
        if self.model is None or not (self.tokens_in or self.tokens_out):
            return 0
        return cost_nano(self.model, tokens_in=self.tokens_in, tokens_out=self.tokens_out)

    def as_json(self) -> dict[str, Any]:
        """Return the call as `GET /ledger` shows it."""
        return {
            "at": self.at,
            "path": self.path,
            "model": self.model,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "cost_usd": usd(self.cost_nano),
            "outcome": self.outcome,
            "status": self.status,
            "trace_id": self.trace_id,
            "attempt_of": self.attempt_of,
            "request_id": self.request_id,
            "stream": self.stream,
            "seconds": round(self.seconds, 6),
        }


class Ledger:
    """The last calls, in the order in which they ended; the oldest are dropped at the cap."""

    def __init__(self, *, keep: int = KEPT_CALLS) -> None:
        self._calls: deque[Call] = deque(maxlen=keep)
        self._ended = 0

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def ended(self) -> int:
        """How many calls ended since the last `clear`: the `since` that skips all of them."""
        return self._ended

    def add(self, call: Call) -> None:
        """Append a call that has ended."""
        self._calls.append(call)
        self._ended += 1

    def calls(self, since: int = 0) -> list[Call]:
        """Return the calls from index `since` on, as far as they are still kept."""
        dropped = self._ended - len(self._calls)
        return list(islice(self._calls, max(0, since - dropped), None))

    def clear(self) -> None:
        """Forget every call and count from zero again."""
        self._calls.clear()
        self._ended = 0
