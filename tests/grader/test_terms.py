"""Callers: keys of their own, limits that the seed decides."""

from __future__ import annotations

from random import Random

from grader.terms import Callers


def test_no_caller_is_given_twice() -> None:
    """Two checks never share a caller, so that one cannot use up the other's limit."""
    callers = Callers(Random(5))
    assert callers.take("wide").key != callers.take("wide").key


def test_the_environment_names_every_caller() -> None:
    """Each caller's key, tier and budget are in the variables of the service."""
    callers = Callers(Random(5))
    caller, variables = callers.take("poor"), callers.variables()
    assert f"{caller.key}={caller.tenant}:wide" in variables["API_KEYS"]
    assert f"{caller.tenant}=0.002/day" in variables["BUDGETS"]


def test_the_odd_limit_is_the_seeds() -> None:
    """One tier has a limit that nobody can have written down, and that its callers know."""
    limits = {Callers(Random(seed)).take("odd").limit for seed in range(20)}
    assert limits == {4, 5, 6, 7, 8, 9}


def test_a_callers_key_is_not_in_its_representation() -> None:
    """A key does not get into a log by way of repr."""
    caller = Callers(Random(5)).take("wide")
    assert caller.key not in repr(caller)
