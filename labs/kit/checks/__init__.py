"""The public checks of each lab, one file a lab."""

from __future__ import annotations

from labs.kit.checks import lab1

__all__ = ["lab1"]
