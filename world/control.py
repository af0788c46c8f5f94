"""Check the JSON bodies of the control endpoints field by field, with a sentence for each mistake.

checked("capacity", {"concurrency": -1}, {"concurrency": Field.number(0)})
->  BadControl: capacity.concurrency: expected a number of at least 0, got -1
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class BadControl(ValueError):
    """A control body that cannot be obeyed; the message names the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one field accepts: a test, and the same in words."""

    words: str
    fits: Callable[[Any], bool]

    @classmethod
    def number(cls, low: float, high: float = inf, *, nullable: bool = False) -> Field:
        """Accept a number (a boolean is none) within the bounds."""
        return cls._bounded("a number", (int, float), (low, high), nullable=nullable)

    @classmethod
    def whole(cls, low: float, high: float = inf, *, nullable: bool = False) -> Field:
        """Accept a whole number within the bounds."""
        return cls._bounded("a whole number", (int,), (low, high), nullable=nullable)

    @classmethod
    def text(cls, *, nullable: bool = False) -> Field:
        """Accept a string."""
        return cls(
            "a string" + " or null" * nullable,
            lambda value: isinstance(value, str) or (nullable and value is None),
        )

    @classmethod
    def one_of(cls, words: Sequence[str]) -> Field:
        """Accept one of these words."""
        return cls(f"one of {', '.join(words)}", lambda value: value in words)

    @classmethod
    def _bounded(
        cls, name: str, types: tuple[type, ...], bounds: tuple[float, float], *, nullable: bool
    ) -> Field:
        low, high = bounds
        limits = [f"at least {low:g}"] * (low > -inf) + [f"at most {high:g}"] * (high < inf)
        words = " of ".join([name, " and ".join(limits)] if limits else [name])

        def fits(value: Any) -> bool:
            if value is None:
                return nullable
            right_type = isinstance(value, types) and not isinstance(value, bool)
            return right_type and low <= value <= high

        return cls(words + " or null" * nullable, fits)


def checked(where: str, body: Any, fields: dict[str, Field]) -> dict[str, Any]:
    """Return `body` if it is an object of right `fields` only; raise BadControl otherwise."""
    if not isinstance(body, dict):
        raise BadControl(f"{where}: expected an object")
    for name, value in body.items():
        field = fields.get(name)
        if field is None:
            raise BadControl(f"{where}.{name}: unknown field, expected one of {', '.join(fields)}")
        if not field.fits(value):
            raise BadControl(f"{where}.{name}: expected {field.words}, got {repr(value)[:60]}")
    return body
