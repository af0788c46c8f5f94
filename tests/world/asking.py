"""Ask a served provider with the unmodified `openai` package, and read its ledger."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from openai import AsyncOpenAI, OpenAI

from world.provider import Provider
from world.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-local"
MODEL = "gpt-4o-mini"
ASK: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Where is my parcel?"}]}
KNOWN = "Can I return this?"
ANSWER = "You can send it back within 30 days. [return-window]"


class Desk:
    """A workload of one intent."""

    def intent_of(self, text: str) -> str | None:
        """Know one question."""
        return "return-window" if text.strip().casefold() == KNOWN.casefold() else None

    def answer_of(self, intent: str) -> str:
        """Have one answer."""
        return {"return-window": "You can send it back within 30 days."}[intent]


class Bench:
    """A provider's client and its control addresses, side by side."""

    def __init__(self, url: str) -> None:
        self.control = httpx.Client(base_url=url)
        self.client = OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)

    def set(self, *rules: dict[str, Any]) -> None:
        """Replace the rules, lift every limit and forget the past."""
        assert self.control.put("/faults", json=rules).status_code == 200
        self.control.put("/capacity", json={})
        self.control.delete("/ledger")

    def ask(self, **more: Any) -> Any:
        """Ask one question."""
        return self.client.chat.completions.create(**ASK | more)

    def texts(self) -> Iterator[str]:
        """Ask for a stream and yield the text of each chunk."""
        for chunk in self.ask(stream=True):
            yield chunk.choices[0].delta.content

    def last(self) -> dict[str, Any]:
        """Return the last call of the ledger."""
        while (ledger := self.control.get("/ledger").json())["in_progress"]:
            pass  # the provider has not noticed yet that its caller left
        call: dict[str, Any] = ledger["calls"][-1]
        return call

    def ending(self) -> tuple[str, int | None]:
        """Return how the last call ended."""
        call = self.last()
        return call["outcome"], call["status"]


class StillClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


class AsyncBench:
    """The same for calls at once, with a clock that the test moves."""

    def __init__(self, url: str, clock: StillClock) -> None:
        self.clock = clock
        self.control = httpx.AsyncClient(base_url=url)
        self.client = AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)

    async def calls(self) -> list[dict[str, Any]]:
        """Return the ledger's calls as soon as all have ended."""
        while (ledger := (await self.control.get("/ledger")).json())["in_progress"]:
            pass  # the provider has not noticed yet that its caller left
        calls: list[dict[str, Any]] = ledger["calls"]
        return calls

    async def limit(self, **capacity: float) -> None:
        """Set the capacity."""
        answer = await self.control.put("/capacity", json=capacity)
        assert answer.status_code == 200

    async def ask(self, **more: Any) -> Any:
        """Ask one question."""
        return await self.client.chat.completions.create(**ASK | more)

    async def at_once(self, n: int) -> list[str]:
        """Ask n questions at once and name how each ended."""
        answers = await asyncio.gather(*[self.ask() for _ in range(n)], return_exceptions=True)
        return sorted(type(answer).__name__ for answer in answers)


@contextmanager
def provider() -> Iterator[Bench]:
    """Serve a provider that knows one question."""
    with serve([Provider(key=KEY, workload=Desk())]) as url:
        bench = Bench(url)
        with bench.control, bench.client:
            yield bench


def user(text: Any) -> list[Any]:
    """Write a conversation of one question."""
    return [{"role": "user", "content": text}]
