"""Waiting, and reading what a service counts."""

from __future__ import annotations

from grader.checks.monitoring import families
from grader.stage import until


async def never() -> bool:
    """Never be ready."""
    return False


async def test_waiting_ends_when_it_is_ready() -> None:
    """What is ready at the third look is waited for."""
    looks = iter([False, False, True])

    async def ready() -> bool:
        return next(looks)

    assert await until(ready, seconds=60, pause=0)


async def test_waiting_ends_when_the_time_is_over() -> None:
    """What never gets ready is given up."""
    assert not await until(never, seconds=0.01, pause=0)


def test_samples_are_summed_by_each_label() -> None:
    """A metric with two labels can be counted by either."""
    text = """# TYPE ai_requests counter
ai_requests{outcome="miss",tenant="a"} 2
ai_requests{outcome="miss",tenant="b"} 3.0
ai_requests{outcome="exact",tenant="a"} 1 1700000000
up 1
"""
    assert families(text) == [{"miss": 5, "exact": 1}, {"a": 3, "b": 3}]


def test_what_is_no_number_counts_nothing() -> None:
    """Values that are no finite number, and lines that are no samples, do no harm."""
    text = 'a{b="c"} NaN\na{b="c"} +Inf\na{b="c"} x\n{}{}{}\na{b="c"\n' + "a" * 100_000
    assert families(text) == [{"c": 0}]
