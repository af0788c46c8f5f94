"""The rate limiters that are compared, each as its own documentation uses it.

Each module below has one function, `entered(url, rates, callers)`, an asynchronous context manager
that gives `decide(subject, cost)`.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

Decide: TypeAlias = "Callable[[str, int], Awaitable[bool]]"

OURS = "ours"
_PACKAGES = {OURS: "project", "limits": "limits", "pyrate-limiter": "pyrate_limiter"}
_MODULES = {OURS: "ours", "limits": "theirs_limits", "pyrate-limiter": "theirs_pyrate"}


@dataclass(frozen=True, slots=True)
class Rates:
    """At most this many in each span, in seconds; where `weighted`, the sum of the costs counts."""

    limits: tuple[tuple[int, int], ...]
    weighted: bool = False


TWO_WINDOWS = Rates(((10, 60), (100, 3600)))


def present() -> list[str]:
    """Return the limiters that can be measured here, ours first."""
    return [name for name, package in _PACKAGES.items() if importlib.util.find_spec(package)]


def missing() -> list[str]:
    """Return the limiters that are not installed."""
    return [name for name in _PACKAGES if name not in present()]


def entered(
    name: str, url: str, rates: Rates, *, callers: int
) -> AbstractAsyncContextManager[Decide]:
    """Open one limiter; only its own library is imported."""
    module = importlib.import_module(f"tests.bench.rate_limit.{_MODULES[name]}")
    opened: AbstractAsyncContextManager[Decide] = module.entered(url, rates, callers)
    return opened
