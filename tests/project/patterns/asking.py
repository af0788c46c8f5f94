"""A semantic cache whose questions are directions, so that it is plain what is near."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from project.patterns.semantic_cache import CachePolicy, Entry, Question, SemanticCache
from tests.doubles import Compass

if TYPE_CHECKING:
    from project.redis_link import RedisLink

DIRECTIONS = {"north": 0, "almost north": 5, "nearly north": 10, "north-east": 45, "east": 90}
POLICY = CachePolicy(threshold=0.95, ttl_seconds=60)


def cache_over(
    link: RedisLink,
    *,
    policy: CachePolicy = POLICY,
    embedder: Compass | None = None,
    guard: Any = lambda _asked, _known: True,
) -> SemanticCache:
    """Build a cache; each one stands for a worker of its own."""
    return SemanticCache(link, embedder or Compass(DIRECTIONS), policy, guard=guard)


def ask(text: str, /, **changes: str | None) -> Question:
    """Return a question whose content is its text, but for what is given by name."""
    fields: dict[str, Any] = {"tenant": "shop", "model": "gpt-4o", "prompt_version": "v1"}
    return Question(**{**fields, "content": text, "text": text, **changes})


def answer(text: str | None, body: str = "an answer") -> Entry:
    """Return an entry that answers a text."""
    return Entry(body, 12, 34, 5600, text)


async def fill(cache: SemanticCache, *texts: str) -> None:
    """Remember an answer to each text, the text itself."""
    for text in texts:
        await cache.remember(ask(text), answer(text, text))


async def body_for(cache: SemanticCache, text: str) -> str | None:
    """Return the body that a question is answered with."""
    hit = await cache.recall(ask(text))
    return hit.entry.body if hit else None
