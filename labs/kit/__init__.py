"""What the labs stand on: exercises, checks, plots, export, tidy."""

from __future__ import annotations

from labs.kit.exercises import KitError, Todo

__all__ = ["KitError", "Todo"]
