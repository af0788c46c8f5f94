"""The rubric is complete: each check has points, and the points add up."""

from __future__ import annotations

import pytest

from grader.checks import all_checks
from grader.rubric import CRITERIA, RUBRIC


def test_the_criteria_add_up_to_a_hundred() -> None:
    """The criteria are worth 30, 25, 20, 15 and 10 points."""
    assert CRITERIA == {
        "reliability": 30,
        "hit_rate": 25,
        "monitoring": 20,
        "cost": 15,
        "quality": 10,
    }


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_checks_of_a_criterion_add_up_to_it(criterion: str) -> None:
    """A criterion's checks share out exactly its points."""
    assert sum(RUBRIC[criterion].values()) == CRITERIA[criterion]


def test_each_check_has_points_and_each_point_a_check() -> None:
    """The rubric names every check, in the order in which the report shows them."""
    assert [name for checks in RUBRIC.values() for name in checks] == list(all_checks())


def test_a_check_stands_in_the_file_of_its_criterion() -> None:
    """A check's criterion is the file that it is written in."""
    files = {name: check.module.rpartition(".")[2] for name, check in all_checks().items()}
    assert files == {name: criterion for criterion, checks in RUBRIC.items() for name in checks}


def test_what_a_check_needs_runs_before_it() -> None:
    """A check needs only checks that stand before it and run on a service at least as early."""
    order = list(all_checks())
    for check in all_checks().values():
        assert all(order.index(needed.name) < order.index(check.name) for needed in check.needs)
