"""How the cache stays in step and in bounds: workers, expiry, caps, what Redis lost or garbled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from project.patterns.semantic_cache import Index, unit
from project.redis_link import RedisLink
from tests.doubles import Compass
from tests.project.patterns.asking import POLICY, answer, ask, body_for, cache_over, fill

if TYPE_CHECKING:
    from redis.asyncio import Redis


async def keys(redis: Redis, *, logs: bool) -> list[bytes]:
    """Return the keys of the logs, or those of the entries."""
    found = [key for key in await redis.keys() if isinstance(key, bytes)]
    return [key for key in found if key.endswith(b":log") is logs]


async def test_workers_see_what_others_added(link: RedisLink) -> None:
    """Another worker's entry is found, also by a worker that has looked before."""
    writer, reader = cache_over(link), cache_over(link)
    assert await body_for(reader, "almost north") is None
    await fill(writer, "north")
    assert await body_for(reader, "almost north") == "north"
    await fill(writer, "east")
    assert await body_for(reader, "east") == "east"


async def test_a_new_worker_reads_a_long_log_to_its_end(link: RedisLink) -> None:
    """More entries than one read returns are all found, and a thirtieth of a degree apart."""
    embedder = Compass({str(n): n / 30 for n in range(2500)})
    writer = cache_over(link, embedder=embedder)
    await asyncio.gather(*(fill(writer, str(n)) for n in range(2500)))
    reader = cache_over(link, embedder=embedder)
    hit = await reader.recall(ask("2499", content="another form"))
    assert hit is not None
    assert hit.entry.body == "2499"


async def test_concurrent_readers_read_each_entry_once(link: RedisLink) -> None:
    """Three candidates are three entries, however many callers follow the log at once."""
    await fill(cache_over(link), "nearly north", "almost north", "north")
    picky = cache_over(link, guard=lambda _asked, known: known == "nearly north")
    questions = [ask("north", content=f"form {n}") for n in range(20)]
    for _ in range(3):
        hits = await asyncio.gather(*map(picky.recall, questions))
        assert {hit and hit.entry.body for hit in hits} == {"nearly north"}


async def test_a_new_answer_replaces_the_old_one(link: RedisLink) -> None:
    """The same question keeps one answer, in both tiers."""
    cache = cache_over(link)
    for body in ("old", "new"):
        await cache.remember(ask("north"), answer("north", body))
    assert await body_for(cache, "north") == "new"
    assert await body_for(cache, "almost north") == "new"


async def test_every_key_expires(link: RedisLink, redis: Redis) -> None:
    """Entries and log live for the policy's time; the log at least as long as its last entry."""
    cache = cache_over(link)
    await fill(cache, "north")
    for key in await redis.keys():
        await redis.pexpire(key, 500)
    await fill(cache, "east")
    lives = sorted([await redis.pttl(key) or 0 for key in await redis.keys()])
    assert [0 < lives[0] <= 500, *(50_000 < ms <= 60_000 for ms in lives[1:])] == [True] * 3


async def test_an_expired_entry_is_a_miss_in_both_tiers(link: RedisLink) -> None:
    """What the index still knows is asked of Redis before it answers."""
    cache = cache_over(link, policy=replace(POLICY, ttl_seconds=0.03))
    await fill(cache, "north")
    await body_for(cache, "almost north")
    await asyncio.sleep(0.05)
    assert await body_for(cache, "north") is None
    assert await body_for(cache, "almost north") is None


async def test_a_flushed_redis_costs_misses_and_nothing_else(link: RedisLink, redis: Redis) -> None:
    """After Redis lost everything the cache fills again."""
    cache = cache_over(link)
    await fill(cache, "north")
    assert await body_for(cache, "almost north") == "north"
    await redis.flushall()
    await redis.script_flush()
    assert await body_for(cache, "almost north") is None
    await redis.script_flush()
    await fill(cache, "east", "north")
    assert await body_for(cache, "almost north") == "north"


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b'{"body": "x", "from": "the future"}',
        b"[]",
        b"5",
        b'"x"',
        b"null",
        b"{",
        b"\xff",
        b"",
    ],
    ids=["empty", "fields", "list", "number", "text", "null", "cut", "not UTF-8", "nothing"],
)
async def test_an_entry_of_another_format_is_a_miss(
    link: RedisLink, redis: Redis, text: bytes
) -> None:
    """Another version of the service in the same Redis breaks nothing, and is overwritten."""
    cache = cache_over(link)
    await fill(cache, "north")
    (key,) = await keys(redis, logs=False)
    await redis.set(key, text)
    assert await body_for(cache, "north") is None
    assert await body_for(cache, "almost north") is None
    await fill(cache, "north")
    assert await body_for(cache, "north") == "north"


async def test_redis_away_is_an_error_not_a_miss() -> None:
    """What a missing Redis means is for the caller to decide."""
    cache = cache_over(RedisLink("redis://localhost", deadline_seconds=0.05))
    with pytest.raises(RedisConnectionError):
        await cache.recall(ask("north"))
    with pytest.raises(RedisConnectionError):
        await cache.remember(ask("north"), answer("north"))


async def test_the_log_in_redis_is_capped(link: RedisLink, redis: Redis) -> None:
    """Redis trims whole nodes of 100 entries, so at most one node is above the cap."""
    embedder = Compass({str(n): n / 10 for n in range(900)})
    cache = cache_over(link, policy=replace(POLICY, cap=200), embedder=embedder)
    await asyncio.gather(*(fill(cache, str(n)) for n in range(900)))
    (log,) = await keys(redis, logs=True)
    assert 200 <= await redis.xlen(log) <= 300


@pytest.mark.parametrize("cap", [1, 2, 3, 64, 65, 100])
def test_the_index_forgets_the_oldest_beyond_its_cap(cap: int) -> None:
    """The newest entry is always found, the cap is never passed, names and vectors stay paired."""
    index = Index(cap)
    rows = unit(np.random.default_rng(5).normal(size=(250, 8)).astype(np.float32))
    for n, row in enumerate(rows):
        index.add(str(n), row.astype(np.float16).tobytes())
        found = index.nearest(row, at_least=-1.0, most=1000)
        assert found[0][0] == str(n)
        assert len(found) == len({name for name, _ in found}) <= cap
    kept = {int(name) for name, _ in index.nearest(rows[0], at_least=-1.0, most=1000)}
    assert kept == set(range(250 - len(kept), 250))
    assert len(kept) >= cap // 2


def test_the_nearest_come_best_first() -> None:
    """At most so many, none below the threshold, the best in front."""
    index = Index(10)
    assert index.nearest(np.array([1, 0], dtype=np.float32), at_least=0.0) == []
    rows = {"far": (-1, 0), "half": (0.6, 0.8), "near": (0.8, 0.6), "same": (1, 0), "none": (0, 1)}
    for name, row in rows.items():
        index.add(name, np.array(row, dtype=np.float16).tobytes())
    vector = np.array([1, 0], dtype=np.float32)
    found = index.nearest(vector, at_least=0.5)
    assert [name for name, _ in found] == ["same", "near", "half"]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.8, 0.6], abs=0.001)
    assert [name for name, _ in index.nearest(vector, at_least=-2.0, most=2)] == ["same", "near"]


def test_a_row_of_zeros_is_near_to_nothing() -> None:
    """A text that has no vector is no error and no hit."""
    rows = unit(np.array([[0, 0], [3, 4]], dtype=np.float32))
    assert rows.tolist() == [[0.0, 0.0], pytest.approx([0.6, 0.8])]
