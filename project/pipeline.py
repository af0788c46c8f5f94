"""The life of one request, top to bottom, one line a step, the error of each step beside it.

No step knows HTTP, and no step knows another. A step whose dependency is away says so on the trail
and the request goes on, as far as the step's policy allows.
"""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import orjson
from redis.exceptions import RedisError

from project.costs import cost, price_of, worst_case, worst_chat, worst_embedding
from project.models import ChatCall, EmbeddingCall, Json, Usage
from project.patterns.semantic_cache import Entry, Question
from project.provider import Answer, EventStream, ProviderError
from project.questions import cacheable, question_of
from project.resilience import told
from project.streaming import StreamedReply, replay, upstream_body, wants_usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable

    from project.budgets import Budgets, Hold
    from project.in_flight import InFlight
    from project.limits import Limits
    from project.observer import Observer
    from project.patterns.semantic_cache import SemanticCache
    from project.provider import Provider
    from project.resilience import Resilience
    from project.tenants import Tenants
    from project.trail import Missing, Trail

T = TypeVar("T")

CHAT = "/chat/completions"
EMBEDDINGS = "/embeddings"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps, in the order in which a request meets them."""

    tenants: Tenants
    limits: Limits
    in_flight: InFlight
    cache: SemanticCache
    budgets: Budgets
    provider: Provider
    resilience: Resilience
    observer: Observer

    async def chat(self, call: ChatCall, trail: Trail) -> bytes:
        """Answer a chat completion with the body of one."""
        async with self.observer.watch(trail):
            worst = worst_chat(call)
            await self._enter(trail, call.model, worst)  # 401, 404, 429
            question = question_of(call, trail)
            if (known := await self._recall(trail, call, question)) is not None:
                return known.body.encode()
            async with self._held(trail, worst):  # 429, 402
                answer = await self._complete(trail, CHAT, upstream_body(call))  # 4xx, 503, 504
                self._bill(trail, Usage.from_json(answer.body.get("usage")) or worst)
            await self._remember(trail, question, answer.body)
            return answer.raw

    async def stream(self, call: ChatCall, trail: Trail) -> AsyncGenerator[bytes]:
        """Answer a chat completion with server-sent events; a refusal comes before the first."""
        async with self.observer.watch(trail):
            worst = worst_chat(call)
            await self._enter(trail, call.model, worst)  # 401, 404, 429
            question = question_of(call, trail)
            if (known := await self._recall(trail, call, question)) is not None:
                for data in replay(orjson.loads(known.body), own_usage_event=wants_usage(call)):
                    yield data
                return
            reply = StreamedReply()
            async with (
                self._held(trail, worst),  # 429, 402
                aclosing(self._relay(trail, call, reply, worst)) as events,  # 4xx, 503, 504
            ):
                async for data in events:
                    yield data
            if (answer := reply.completion()) is not None:
                await self._remember(trail, question, answer)
            for data in reply.ending(cost_usd=trail.cost_usd(), own_usage_event=wants_usage(call)):
                yield data

    async def embed(self, call: EmbeddingCall, trail: Trail) -> bytes:
        """Answer a request for embeddings."""
        async with self.observer.watch(trail):
            worst = worst_embedding(call)
            await self._enter(trail, call.model, worst)  # 401, 404, 429
            trail.cache = "bypass"
            async with self._held(trail, worst):  # 429, 402
                answer = await self._complete(trail, EMBEDDINGS, orjson.dumps(call.body))
                self._bill(trail, Usage.from_json(answer.body.get("usage")) or worst)
            return answer.raw

    async def _enter(self, trail: Trail, model: str, worst: Usage) -> None:
        """Let a caller in: a known key, a model with a price, room in every window."""
        trail.tenant = self.tenants.authenticate(trail.authorization)  # Unauthorized, 401
        price_of(model)  # ModelNotFound, 404
        trail.model = model
        tokens = worst.tokens_in + worst.tokens_out
        admission = await self.limits.admit(trail.tenant, tokens)  # RateLimited, 429
        trail.quota = admission.decision
        if admission.degraded:
            trail.lacks("limits")

    async def _recall(self, trail: Trail, call: ChatCall, question: Question) -> Entry | None:
        """Look for a kept answer; a cache that is away is a miss."""
        trail.cache = "miss" if cacheable(call) and not trail.no_store else "bypass"
        if trail.cache == "bypass" or trail.no_cache:
            return None
        hit = await self._or_else(trail, "cache", self.cache.recall(question), None)
        if hit is None:
            return None
        trail.cache, trail.similarity = hit.tier, hit.similarity
        trail.outcome = hit.tier
        trail.saved = hit.entry.cost_nano
        await self._settle_tokens(trail, 0)
        return hit.entry

    @asynccontextmanager
    async def _held(self, trail: Trail, worst: Usage) -> AsyncIterator[None]:
        """Hold a place and the worst case while the call lasts, then settle what it was."""
        name, tier = (trail.tenant.name, trail.tenant.tier) if trail.tenant else ("", "")
        amount = worst_case(trail.model, worst)
        hold = None
        try:
            async with self.in_flight.held(name, self.in_flight.limits.get(tier)) as flight:  # 429
                if flight.degraded:
                    trail.lacks("limits")
                hold = await self._or_else(trail, "budget", self.budgets.hold(name, amount), None)
                yield
        finally:
            await self._settle(trail, hold)

    async def _complete(self, trail: Trail, path: str, body: bytes) -> Answer:
        """Ask the provider for a whole answer, through retries and breaker."""
        headers = trail.upstream_headers()
        return await self.resilience.run(
            trail, lambda: self.provider.post(path, body, headers=headers)
        )

    async def _relay(
        self, trail: Trail, call: ChatCall, reply: StreamedReply, worst: Usage
    ) -> AsyncGenerator[bytes]:
        """Pass a streamed answer on; retried only before its first event.

        However it ends it is billed: a caller that hung up pays for what the provider had sent.
        """
        body, headers = upstream_body(call), trail.upstream_headers()
        events: EventStream = await self.resilience.run(
            trail, lambda: self.provider.open(CHAT, body, headers=headers)
        )
        try:
            async with events:
                async for event in events:
                    if (data := reply.take(event)) is not None:
                        yield data
        except ProviderError as error:
            raise told(error) from error
        finally:
            self._bill(trail, reply.usage or Usage(worst.tokens_in // 4, reply.pieces))

    async def _remember(self, trail: Trail, question: Question, answer: Json) -> None:
        """Keep an answer that is whole and may be shared."""
        if trail.cache == "bypass" or not _whole(answer):
            return
        kept = Entry(
            body=orjson.dumps(answer).decode(),
            tokens_in=trail.tokens_in,
            tokens_out=trail.tokens_out,
            cost_nano=trail.cost,
            text=question.text,
        )
        await self._or_else(trail, "cache", self.cache.remember(question, kept), None)

    def _bill(self, trail: Trail, usage: Usage) -> None:
        """Note what the call took and what that costs."""
        trail.tokens_in, trail.tokens_out = usage.tokens_in, usage.tokens_out
        trail.cost = cost(trail.model, usage)

    async def _settle(self, trail: Trail, hold: Hold | None) -> None:
        """Replace what was held, of money and of tokens, by what was used."""
        if hold is not None:
            await self._or_else(trail, "budget", self.budgets.settle(hold, trail.cost), None)
        await self._settle_tokens(trail, trail.tokens_in + trail.tokens_out)

    async def _settle_tokens(self, trail: Trail, tokens: int) -> None:
        if trail.tenant is not None and trail.quota is not None:
            settled = self.limits.settle(trail.tenant, trail.quota, tokens)
            await self._or_else(trail, "limits", settled, None)

    async def _or_else(self, trail: Trail, part: Missing, step: Awaitable[T], default: T) -> T:
        """Take a step that Redis or the embedder may fail; note what is missing and go on."""
        try:
            return await step
        except (RedisError, ProviderError):
            trail.lacks(part)
            return default


def _whole(answer: Json) -> bool:
    """Say whether an answer ended by itself, in plain text: not truncated, filtered or a tool's."""
    choices = answer.get("choices")
    if not isinstance(choices, list) or len(choices) != 1:
        return False
    message = choices[0].get("message") or {}
    plain = isinstance(message.get("content"), str) and not message.get("tool_calls")
    return choices[0].get("finish_reason") == "stop" and plain
