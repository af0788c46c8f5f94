"""Texts become vectors, here or at an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from project.embeddings import LocalEmbedder, RemoteEmbedder
from project.patterns.semantic_cache import unit
from project.provider import Misconfigured
from tests.project.calling import KEY, connected
from world.provider import Provider as StandIn
from world.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = ["Where is my order?", "where's my order", "How do I bake bread?"]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Serve a provider."""
    with serve([StandIn(key=KEY, workload=None)]) as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def local() -> LocalEmbedder:
    """Read the weights once."""
    return LocalEmbedder()


async def test_the_local_model_puts_like_to_like(local: LocalEmbedder) -> None:
    """One row of 256 floats a text; a paraphrase is much nearer than another question."""
    rows = unit(await local.embed(TEXTS))
    assert rows.shape == (3, 256)
    assert rows.dtype == np.float32
    assert rows[0] @ rows[1] > 0.5 + rows[0] @ rows[2]


async def test_a_starting_worker_reads_the_weights_beside_its_work(local: LocalEmbedder) -> None:
    """What was loaded in a thread is the same model."""
    loaded = await LocalEmbedder.load()
    assert loaded.id == local.id
    assert (await loaded.embed(TEXTS) == await local.embed(TEXTS)).all()


@pytest.mark.parametrize(
    "text", ["", " ", "\U0001f600", "\x00", "a" * 4000], ids=lambda t: repr(t[:8])
)
async def test_any_text_has_a_finite_vector(local: LocalEmbedder, text: str) -> None:
    """Also one without a word."""
    assert np.isfinite(unit(await local.embed([text]))).all()


async def test_an_endpoint_answers_row_by_row(base_url: str) -> None:
    """In the order of the texts; the id names the model."""
    async with connected(base_url) as provider:
        embedder = RemoteEmbedder(provider, model="text-embedding-3-small")
        rows = unit(await embedder.embed(TEXTS))
        alone = unit(await embedder.embed(TEXTS[2:]))
    assert embedder.id == "openai-text-embedding-3-small"
    assert rows.dtype == np.float32
    assert rows[2] @ alone[0] == pytest.approx(1.0, abs=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]


async def test_an_endpoint_that_refuses_raises_the_providers_error(base_url: str) -> None:
    """Whoever embeds decides what a failure means."""
    async with connected(base_url, key="wrong") as provider:
        with pytest.raises(Misconfigured):
            await RemoteEmbedder(provider, model="text-embedding-3-small").embed(TEXTS)
