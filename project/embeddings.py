"""Two ways to turn text into vectors: in this process, or at an OpenAI-compatible endpoint."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import orjson

if TYPE_CHECKING:
    from project.patterns.semantic_cache import Vector
    from project.provider import Provider


class LocalEmbedder:
    """wordllama in this process: 0.1 ms a text, no network."""

    id = "wordllama-l2-supercat-256"

    def __init__(self) -> None:
        import wordllama  # noqa: PLC0415  # 0.1 s of import that a remote embedder never pays

        folder = Path(wordllama.__file__).parent
        self._model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)

    @classmethod
    async def load(cls) -> LocalEmbedder:
        """Read the weights in a thread, so that a starting worker can answer `/livez`."""
        return await asyncio.to_thread(cls)

    async def embed(self, texts: list[str]) -> Vector:
        """Return one row of 256 floats a text."""
        return np.asarray(self._model.embed(texts), dtype=np.float32)


class RemoteEmbedder:
    """Any OpenAI-compatible `/v1/embeddings`."""

    def __init__(self, provider: Provider, *, model: str) -> None:
        self._provider = provider
        self._model = model
        self.id = f"openai-{model}"

    async def embed(self, texts: list[str]) -> Vector:
        """Return one row a text; raises the provider's errors."""
        body = orjson.dumps({"model": self._model, "input": texts, "encoding_format": "float"})
        answer = await self._provider.post("/embeddings", body, headers={})
        rows = answer.body["data"]
        return np.asarray([row["embedding"] for row in rows], dtype=np.float32)
