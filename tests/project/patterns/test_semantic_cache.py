"""Two tiers over a real Redis: what is a hit, how near it was, and who may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from project.patterns.semantic_cache import Entry
from tests.doubles import Compass
from tests.project.patterns.asking import (
    DIRECTIONS,
    POLICY,
    answer,
    ask,
    body_for,
    cache_over,
    fill,
)

if TYPE_CHECKING:
    from project.redis_link import RedisLink


async def test_the_same_words_are_an_exact_hit(link: RedisLink) -> None:
    """The exact tier returns the entry as it was remembered, and embeds nothing."""
    embedder = Compass(DIRECTIONS)
    cache = cache_over(link, embedder=embedder)
    kept = Entry('{"a": "é\\n\U0001f600"}', 1, 2, 3, "north")
    await cache.remember(ask("north"), kept)
    embedder.embedded.clear()
    hit = await cache.recall(ask("north"))
    assert hit is not None
    assert (hit.entry, hit.tier, hit.similarity) == (kept, "exact", 1.0)
    assert embedder.embedded == []


async def test_other_words_that_point_the_same_way_are_a_semantic_hit(link: RedisLink) -> None:
    """The hit tells how near the question came: the cosine of ten degrees."""
    cache = cache_over(link)
    await fill(cache, "north", "east")
    hit = await cache.recall(ask("nearly north"))
    assert hit is not None
    assert (hit.entry.body, hit.tier) == ("north", "semantic")
    assert hit.similarity == pytest.approx(0.985, abs=0.001)


@pytest.mark.parametrize(("threshold", "found"), [(0.70, "north"), (0.71, None)])
async def test_the_threshold_decides(link: RedisLink, threshold: float, found: str | None) -> None:
    """A cosine of 0.707 is enough for 0.70 and not for 0.71."""
    cache = cache_over(link, policy=replace(POLICY, threshold=threshold))
    await fill(cache, "north")
    assert await body_for(cache, "north-east") == found


@pytest.mark.parametrize("order", [("north-east", "nearly north"), ("nearly north", "north-east")])
async def test_the_nearest_of_several_answers(link: RedisLink, order: tuple[str, str]) -> None:
    """Which was there first does not matter."""
    cache = cache_over(link, policy=replace(POLICY, threshold=0.5))
    await fill(cache, *order)
    assert await body_for(cache, "north") == "nearly north"


async def test_a_similarity_is_never_above_one(link: RedisLink) -> None:
    """The rounding of a vector does not show."""
    cache = cache_over(link, embedder=Compass({str(n): n for n in range(90)}))
    for n in range(90):
        await cache.remember(ask(str(n)), answer(str(n)))
        hit = await cache.recall(ask(str(n), content="the same text in another form"))
        assert hit is not None
        assert 0.999 < hit.similarity <= 1.0


@pytest.mark.parametrize("name", ["tenant", "model", "prompt_version"])
@pytest.mark.parametrize("text", ["north", "almost north"], ids=["exact", "semantic"])
async def test_nothing_is_shared_across(link: RedisLink, name: str, text: str) -> None:
    """Tenants, models and prompt versions see only their own answers."""
    cache = cache_over(link)
    await fill(cache, "north")
    assert await cache.recall(ask(text, **{name: "another"})) is None
    assert await cache.recall(ask(text)) is not None


async def test_the_parts_of_a_namespace_cannot_run_together(link: RedisLink) -> None:
    """A tenant that is named like another tenant and its model is still another tenant."""
    cache = cache_over(link)
    await cache.remember(ask("north", tenant="a", model="b:c"), answer("north"))
    assert await cache.recall(ask("north", tenant="a:b", model="c")) is None
    assert await cache.recall(ask("north", tenant='a", "b', model=":c")) is None


async def test_embedders_do_not_share_a_space(link: RedisLink) -> None:
    """Vectors of another model mean something else."""
    await fill(cache_over(link), "north")
    other = cache_over(link, embedder=Compass(DIRECTIONS, id="other"))
    assert await body_for(other, "north") is None
    assert await body_for(other, "almost north") is None


async def test_a_question_that_does_not_stand_alone_is_answered_exactly_or_not(
    link: RedisLink,
) -> None:
    """Without a text only the exact tier reads and writes; nothing is embedded."""
    embedder = Compass(DIRECTIONS)
    cache = cache_over(link, embedder=embedder)
    await cache.remember(ask("north", text=None), answer(None, "in context"))
    hit = await cache.recall(ask("north", text=None))
    assert hit is not None
    assert (hit.entry.body, hit.tier) == ("in context", "exact")
    assert await cache.recall(ask("almost north", text=None)) is None
    assert embedder.embedded == []
    assert await cache.recall(ask("almost north")) is None


async def test_the_guard_has_the_last_word(link: RedisLink) -> None:
    """A near entry that the guard refuses is passed over for the next one."""
    seen = []

    def guard(asked: str, known: str) -> bool:
        seen.append((asked, known))
        return known == "nearly north"

    cache = cache_over(link, guard=guard)
    await fill(cache, "north", "nearly north")
    hit = await cache.recall(ask("north", content="another form"))
    assert hit is not None
    assert hit.entry.body == "nearly north"
    assert seen == [("north", "north"), ("north", "nearly north")]


async def test_a_guard_that_refuses_all_is_a_miss(link: RedisLink) -> None:
    """No candidate, no answer."""
    cache = cache_over(link, guard=lambda _asked, _known: False)
    await fill(cache, "north")
    assert await body_for(cache, "almost north") is None
