"""How a check answers: one line when the exercise is right; expected, actual and hint when not.

@check(1)
async def counts_to_three(count: Callable[[], int]) -> None:
    if count() != 3:
        raise Missed(expected=3, actual=count(), hint="start at one")
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec

from labs.kit.exercises import KitError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Arguments = ParamSpec("Arguments")


class Missed(KitError):
    """A check saw something else than it expects."""

    def __init__(self, *, expected: object, actual: object, hint: str) -> None:
        super().__init__(f"  expected  {expected}\n  actual    {actual}\n  hint      {hint}")


def expect(actual: object, expected: object, what: str, *, hint: str) -> None:
    """Raise `Missed` unless the two are equal; `what` says what of the two is meant."""
    if actual != expected:
        raise Missed(expected=f"{what}: {expected}", actual=actual, hint=hint)


def check(
    exercise: int,
) -> Callable[[Callable[Arguments, Awaitable[None]]], Callable[Arguments, Awaitable[None]]]:
    """Turn a function that raises `Missed` into a check that prints what it found.

    What the student's own code raises passes through, as does an open exercise.
    """

    def decorate(
        judge: Callable[Arguments, Awaitable[None]],
    ) -> Callable[Arguments, Awaitable[None]]:
        @functools.wraps(judge)
        async def judged(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            try:
                await judge(*args, **kwargs)
            except Missed as missed:
                print(f"exercise {exercise}: not yet\n{missed}")  # noqa: T201 - a check prints
            else:
                print(f"exercise {exercise}: passed")  # noqa: T201 - a check prints

        return judged

    return decorate
