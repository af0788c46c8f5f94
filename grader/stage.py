"""What a check works with: callers, the service over HTTP, and the world that it controls.

reply = await stage.ask(stage.caller("wide"), stage.novel())
stage.faults(status=503, times=2)
calls = await stage.calls()        what the provider saw since this check began
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from grader.check import Scene
from grader.client import together
from world.faults import Capacity, parse_rules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from grader.bench import Bench
    from grader.client import Client, Reply
    from grader.terms import Caller, Kind
    from world.ledger import Call
    from world.redis import RedisServer
    from world.workloads import Workload

CHAT = "/v1/chat/completions"
MODEL = "gpt-4o-mini"
NOVEL_WORDS = 9
GOOD_ANSWERS = 8
_RECOVERY_SECONDS = 3.0
_IDLE_SECONDS = 5.0
_STILL_LOOKS = 25


class Stage(Scene):
    """One check's view of one running service: `client` speaks to it, `world` to what is ours."""

    def __init__(
        self, name: str, seed: int, bench: Bench, *, client: Client, world: Client
    ) -> None:
        super().__init__(name, seed)
        self._bench, self._client, self._world = bench, client, world
        self._since = bench.provider.ledger.ended
        self._words = sorted({w for ask in bench.workload.asked() for w in _words(ask.text)})
        self._failing: str | None = None

    @property
    def redis(self) -> RedisServer:
        """The service's Redis, to be stopped and started."""
        return self._bench.redis

    @property
    def workload(self) -> Workload:
        """The questions that people ask."""
        return self._bench.workload

    @property
    def secrets(self) -> list[str]:
        """Every key and token that the service was started with."""
        secrets = self._bench.secrets
        return [secrets.provider_key, secrets.admin_token, *self._bench.callers.keys()]

    def ended(self) -> str | None:
        """Say why the service no longer runs; None while it does."""
        return self._bench.program.ended()

    def caller(self, kind: Kind) -> Caller:
        """Return a caller that no other check has."""
        return self._bench.callers.take(kind)

    def novel(self) -> str:
        """Return a question that nobody has asked before, and that no cache can know."""
        words = self.random.sample(self._words, NOVEL_WORDS)
        return f"{' '.join(words)} {self.random.randrange(10**8)}?"

    def trace_id(self) -> str:
        """Return a new W3C trace id."""
        return self.random.randbytes(16).hex()

    async def ask(
        self, caller: Caller, text: str, *, trace_id: str | None = None, **fields: Any
    ) -> Reply:
        """Ask the service a question; `fields` go into the body."""
        headers = {"Authorization": f"Bearer {caller.key}", "Content-Type": "application/json"}
        if trace_id:
            headers["traceparent"] = f"00-{trace_id}-{trace_id[:16]}-01"
        body = {"model": MODEL, "messages": [{"role": "user", "content": text}], **fields}
        return await self._client.send("POST", CHAT, headers=headers, body=body)

    async def burst(self, caller: Caller, count: int, **fields: Any) -> list[Reply]:
        """Ask so many new questions at once."""
        return await together([self.ask(caller, self.novel(), **fields) for _ in range(count)])

    async def get(self, path: str) -> Reply:
        """Read one of the service's own addresses, as its administrator."""
        token = self._bench.secrets.admin_token
        return await self._client.send("GET", path, headers={"Authorization": f"Bearer {token}"})

    def faults(self, *, status: int, times: int | None = None, model: str = MODEL) -> None:
        """Let the provider answer a model's next calls with a status."""
        rule = {"kind": "status", "status": status, "times": times, "model": model}
        self._bench.provider.set_faults(parse_rules([rule]))
        self._failing = model

    def latency(self, seconds: float) -> None:
        """Let the provider take so long for each answer."""
        self._bench.provider.set_capacity(Capacity(latency_seconds=seconds))

    async def calls(self) -> list[Call]:
        """Return the chat calls that the provider saw since the check began."""
        # A call enters the ledger just after its last byte has left.
        await until(self._provider_is_idle, seconds=_IDLE_SECONDS)
        calls = self._bench.provider.ledger.calls(self._since)
        return [call for call in calls if call.path == CHAT]

    async def quiet(self) -> None:
        """Wait until Sentry gets nothing any more, then forget what it got."""
        await self._still()
        self._bench.sentry.events.clear()
        self._bench.sentry.raw.clear()

    async def events(self, *, within_seconds: float) -> list[dict[str, Any]]:
        """Return the Sentry events since `quiet`: wait for the first, then until no more come."""

        async def has_come() -> bool:
            return len(self._bench.sentry.events) > 0

        await until(has_come, seconds=within_seconds)
        await self._still()
        return self._bench.sentry.events.all()

    def sent_to_sentry(self) -> bytes:
        """Return all bytes that Sentry got since `quiet`."""
        return b"\n".join(self._bench.sentry.raw.all())

    async def tidy(self) -> None:
        """Undo what a check did to the world, and wait until the service has got over it."""
        self._bench.provider.set_faults([])
        self._bench.provider.set_capacity(Capacity())
        self._bench.redis.start()
        if self._failing:
            await self._recover(self._failing)

    async def _recover(self, model: str) -> None:
        """Wait until no answer says 503 any more: a worker's breaker may still be open."""
        caller = self.caller("wide")

        async def is_back() -> bool:
            replies = await self.burst(caller, GOOD_ANSWERS, model=model)
            return all(reply.status != 503 for reply in replies)

        await until(is_back, seconds=_RECOVERY_SECONDS, pause=0.05)

    async def _still(self) -> None:
        """Wait until no envelope has come for a moment."""
        counts: list[int] = []

        async def is_still() -> bool:
            counts.append(len(self._bench.sentry.raw))
            return len(counts) > _STILL_LOOKS and counts[-_STILL_LOOKS] == counts[-1]

        await until(is_still, seconds=_IDLE_SECONDS)

    async def _provider_is_idle(self) -> bool:
        state = await self._world.send("GET", f"/ledger?since={2**40}", headers={})
        return not state.at("in_progress")


async def until(
    ready: Callable[[], Awaitable[bool]], *, seconds: float, pause: float = 0.01
) -> bool:
    """Ask again and again until it is ready; return False when the time is over."""
    deadline = time.monotonic() + seconds
    while not await ready():
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(pause)
    return True


def _words(text: str) -> list[str]:
    return [word for word in text.lower().split() if word.isalpha() and len(word) > 4]
