"""The checks, one file a criterion."""

from __future__ import annotations

from grader.check import Check
from grader.checks import cost, hit_rate, monitoring, quality, reliability

# What is needed comes before what needs it.
MODULES = (reliability, hit_rate, monitoring, cost, quality)


def all_checks() -> dict[str, Check]:
    """Return every check by its name, in the order in which they run."""
    return {
        check.name: check
        for module in MODULES
        for check in vars(module).values()
        if isinstance(check, Check) and check.module == module.__name__
    }
