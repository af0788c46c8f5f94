"""What an embeddings request may say."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest

from world.embeddings import Embedder, EmbeddingReply
from world.openai_errors import ApiError

MODEL = "text-embedding-3-small"


@pytest.mark.parametrize(
    ("change", "status", "code", "param"),
    [
        ({"model": None}, 400, None, None),
        ({"model": "gpt-4o"}, 404, "model_not_found", None),
        ({"input": None}, 400, "missing_required_parameter", "input"),
        ({"input": ""}, 400, "invalid_value", "input"),
        ({"input": []}, 400, "invalid_value", "input"),
        ({"input": ["a", ""]}, 400, "invalid_value", "input"),
        ({"input": 5}, 400, "invalid_type", "input"),
        ({"input": [1, 2]}, 400, "invalid_type", "input"),
        ({"input": ["a"] * 2_049}, 400, "array_above_max_length", "input"),
        ({"input": "word " * 9_000}, 400, "context_length_exceeded", "input"),
        ({"dimensions": 0}, 400, "invalid_value", "dimensions"),
        ({"dimensions": 257}, 400, "invalid_value", "dimensions"),
        ({"dimensions": "64"}, 400, "invalid_type", "dimensions"),
        ({"encoding_format": "hex"}, 400, "invalid_value", "encoding_format"),
        ({"encoding_format": ["float"]}, 400, "invalid_value", "encoding_format"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_embedded_is_named(
    change: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    """Each mistake has its status, its code and the name of the field."""
    with pytest.raises(ApiError) as error:
        EmbeddingReply.to({"model": MODEL, "input": "hello"} | change, Embedder())
    assert (error.value.status, error.value.code, error.value.param) == (status, code, param)


async def test_a_text_without_words_has_a_finite_vector() -> None:
    """White space and invisible characters give numbers, never NaN."""
    vectors = await Embedder().embed([" ", "\u200b", "\n"], 256)
    assert vectors.shape == (3, 256)
    assert np.isfinite(vectors).all()


async def test_loading_leaves_the_root_logger_alone() -> None:
    """The model's package must not decide where a program's logs go."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    await Embedder().embed(["hello"], 8)
    assert (list(root.handlers), root.level) == before
