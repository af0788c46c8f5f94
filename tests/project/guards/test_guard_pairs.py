"""The guards on pairs that people wrote: of other domains, and of the public workload.

Only pairs that the local embedder puts near each other matter: at a cosine of 0.80 or more.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from project.embeddings import LocalEmbedder
from project.guards import may_share
from project.patterns.semantic_cache import unit
from world.workloads import PUBLIC, Workload

if TYPE_CHECKING:
    from collections.abc import Iterable

PAIRS = json.loads((Path(__file__).parent / "data" / "guard_pairs.json").read_text("utf-8"))
DOMAINS = {"banking", "travel", "device", "cooking", "health", "software", "general"}
KINDS = {"number", "unit", "negation", "date", "direction", "entity", "opposite"}
NEAR = 0.80


class Pair(NamedTuple):
    """Two questions."""

    a: str
    b: str


def written(group: str) -> list[Pair]:
    """Return the pairs of a group of the file."""
    return [Pair(pair["a"], pair["b"]) for pair in PAIRS[group]]


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    """Read the weights once."""
    return LocalEmbedder()


async def near(embedder: LocalEmbedder, pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs whose cosine reaches the lowest threshold that matters."""
    pairs = list(pairs)
    rows = unit(await embedder.embed([text for pair in pairs for text in pair]))
    cosines = np.sum(rows[::2] * rows[1::2], axis=1)
    return [pair for pair, cosine in zip(pairs, cosines, strict=True) if cosine >= NEAR]


def share(pairs: list[Pair]) -> float:
    """Return which share of the pairs the guards let through."""
    return sum(may_share(*pair) for pair in pairs) / len(pairs)


def test_the_file_has_its_form() -> None:
    """Look-alikes of all kinds and paraphrases, of all domains, no pair twice."""
    assert PAIRS.keys() == {"look_alikes", "paraphrases"}
    assert {frozenset(pair) for pair in PAIRS["look_alikes"]} == {
        frozenset(("kind", "domain", "a", "b"))
    }
    assert {frozenset(pair) for pair in PAIRS["paraphrases"]} == {frozenset(("domain", "a", "b"))}
    assert {pair["kind"] for pair in PAIRS["look_alikes"]} == KINDS
    for pairs in PAIRS.values():
        assert {pair["domain"] for pair in pairs} == DOMAINS
        assert len(pairs) >= 150
        assert len({(pair["a"], pair["b"]) for pair in pairs}) == len(pairs)
        assert all(pair["a"].strip() and pair["a"] != pair["b"] for pair in pairs)


async def test_look_alikes_of_other_domains_are_stopped(embedder: LocalEmbedder) -> None:
    """At most 2 % of the near ones pass."""
    pairs = await near(embedder, written("look_alikes"))
    assert len(pairs) > 150
    assert share(pairs) <= 0.02


async def test_paraphrases_of_other_domains_are_kept(embedder: LocalEmbedder) -> None:
    """At least 95 % of the near ones pass."""
    pairs = await near(embedder, written("paraphrases"))
    assert len(pairs) > 150
    assert share(pairs) >= 0.95


async def test_look_alikes_of_the_workload_are_stopped(embedder: LocalEmbedder) -> None:
    """At most 2 % of the near ones pass."""
    look_alikes = Workload.load(PUBLIC).look_alikes
    pairs = await near(embedder, (Pair(pair.a.text, pair.b.text) for pair in look_alikes))
    assert len(pairs) > 150
    assert share(pairs) <= 0.02


async def test_paraphrases_of_the_workload_are_kept(embedder: LocalEmbedder) -> None:
    """At least 85 % of the near ones pass: two phrasings of one intent."""
    pairs = await near(
        embedder,
        (
            Pair(a, b)
            for intent in Workload.load(PUBLIC).intents
            for a, b in combinations(intent.phrasings, 2)
        ),
    )
    assert len(pairs) > 20
    assert share(pairs) >= 0.85
