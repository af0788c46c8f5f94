"""The models that the provider serves, with the limits that OpenAI states for them."""

from __future__ import annotations

from typing import Any, NamedTuple


class Limits(NamedTuple):
    """The longest prompt and answer together, and the longest answer, in tokens."""

    context: int
    output: int


CHAT_MODELS: dict[str, Limits] = {
    "gpt-4o-mini": Limits(128_000, 16_384),
    "gpt-4o": Limits(128_000, 16_384),
    "gpt-4.1": Limits(1_047_576, 32_768),
    "gpt-4.1-mini": Limits(1_047_576, 32_768),
    "gpt-4.1-nano": Limits(1_047_576, 32_768),
}
EMBEDDING_MODELS: dict[str, Limits] = {
    "text-embedding-3-small": Limits(8_192, 0),
    "text-embedding-3-large": Limits(8_192, 0),
}
# One date for all: 14 April 2025, when the youngest of them appeared.
CREATED = 1_744_588_800


def known(name: str) -> bool:
    """Tell whether the provider has a model of this name."""
    return name in CHAT_MODELS or name in EMBEDDING_MODELS


def described(name: str) -> dict[str, Any]:
    """Return one entry of `GET /v1/models`."""
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "openai"}


def listed() -> dict[str, Any]:
    """Return the whole body of `GET /v1/models`."""
    return {"object": "list", "data": [described(name) for name in CHAT_MODELS | EMBEDDING_MODELS]}
