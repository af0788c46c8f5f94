"""Embeddings as OpenAI answers them, from the local model behind them.

Vectors have unit length and 256 numbers (`dimensions` shortens them), where OpenAI's model of the
same name gives 1,536. The model is loaded on the first call, in a thread of its own.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from world.chat_request import model_of
from world.models import EMBEDDING_MODELS
from world.openai_errors import invalid, missing, too_long, unknown_model, wrong_type
from world.tokens import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from world.reply import Events, Stamp

DIMENSIONS = 256
MOST_INPUTS = 2_048


class Embedder:
    """The local model; loading takes half a second and happens once, when it is first needed."""

    def __init__(self) -> None:
        self._model: Any = None
        self._loading = asyncio.Lock()

    async def embed(self, texts: list[str], dimensions: int) -> NDArray[np.float32]:
        """Return one unit vector a text."""
        async with self._loading:
            if self._model is None:
                self._model = await asyncio.to_thread(_load)
        vectors = (await asyncio.to_thread(self._model.embed, texts))[:, :dimensions]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(1e-12))
        return unit


@dataclass(frozen=True, slots=True)
class EmbeddingReply:
    """The answer to one embeddings request."""

    model: str
    texts: list[str]
    tokens_in: int
    dimensions: int
    in_base64: bool
    embedder: Embedder
    streamed: bool = False
    tokens_out: int = 0

    @classmethod
    def to(cls, body: dict[str, Any], embedder: Embedder) -> EmbeddingReply:
        """Read a request; ApiError if it makes no sense."""
        model = model_of(body)
        if model not in EMBEDDING_MODELS:
            raise unknown_model(model)
        texts = _texts(body.get("input"))
        sizes = [count(text) for text in texts]
        context = EMBEDDING_MODELS[model].context
        if max(sizes) > context:
            raise too_long(limit=context, got=max(sizes), param="input")
        return cls(model, texts, sum(sizes), _dimensions(body), _in_base64(body), embedder)

    async def body(self, stamp: Stamp) -> bytes:  # noqa: ARG002 - this answer has no id or date
        """Return the answer, with the vectors as the caller asked for them."""
        vectors = await self.embedder.embed(self.texts, self.dimensions)
        written = [_base64(v) for v in vectors] if self.in_base64 else vectors.tolist()
        data = [
            {"object": "embedding", "index": i, "embedding": embedding}
            for i, embedding in enumerate(written)
        ]
        usage = {"prompt_tokens": self.tokens_in, "total_tokens": self.tokens_in}
        return orjson.dumps({"object": "list", "data": data, "model": self.model, "usage": usage})

    def events(self, stamp: Stamp) -> Events:
        """Refuse: embeddings are never streamed."""
        raise NotImplementedError(stamp)


def _texts(value: Any) -> list[str]:
    if value is None:
        raise missing("input")
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise wrong_type("input", "a string or an array of strings (token arrays stay out)", value)
    if not texts or "" in texts:
        raise invalid("input", "an empty string or array cannot be embedded.")
    if len(texts) > MOST_INPUTS:
        raise invalid("input", f"expected at most {MOST_INPUTS} texts.", "array_above_max_length")
    return texts


def _dimensions(body: dict[str, Any]) -> int:
    wanted = body.get("dimensions")
    if wanted is None:
        return DIMENSIONS
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        raise wrong_type("dimensions", "an integer", wanted)
    if not 1 <= wanted <= DIMENSIONS:
        raise invalid("dimensions", f"the local model has between 1 and {DIMENSIONS}.")
    return wanted


def _in_base64(body: dict[str, Any]) -> bool:
    wanted = body.get("encoding_format")
    if wanted not in (None, "float", "base64"):
        raise invalid("encoding_format", "expected float or base64.")
    return bool(wanted == "base64")


def _base64(vector: NDArray[np.float32]) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _load() -> Any:
    # The package configures the root logger while it is imported; a library should not.
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    import wordllama  # noqa: PLC0415 - half a second that only embeddings should cost

    root.handlers, root.level = handlers, level
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
