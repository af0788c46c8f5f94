"""What the provider's parts agree on: an answer before it is sent."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Stamp(NamedTuple):
    """What makes one answer itself: the call's number and the time it was made (Unix seconds)."""

    number: int
    created: int


class Events(NamedTuple):
    """A streamed answer: what opens it, one event a token, and what closes it."""

    opening: bytes
    tokens: list[bytes]
    closing: bytes


class Reply(Protocol):
    """A request that was understood, and its answer in both forms."""

    @property
    def model(self) -> str:
        """The model that was asked."""

    @property
    def streamed(self) -> bool:
        """Whether the answer is to be sent as events."""

    @property
    def tokens_in(self) -> int:
        """The tokens of the prompt."""

    @property
    def tokens_out(self) -> int:
        """The tokens of the answer."""

    async def body(self, stamp: Stamp) -> bytes:
        """Return the plain answer."""

    def events(self, stamp: Stamp) -> Events:
        """Return the streamed answer."""
