"""Units know what they measure and what they are worth."""

from __future__ import annotations

import pytest

from project.guards.units import AFTER_NUMBER, UNITS


@pytest.mark.parametrize(
    ("many", "one", "of_it"),
    [
        ("day", "hour", 24),
        ("kg", "g", 1000),
        ("km", "m", 1000),
        ("foot", "inch", 12),
        ("year", "month", 12),
        ("gb", "mb", 1000),
        ("litre", "ml", 1000),
        ("week", "day", 7),
        ("lb", "oz", 16),
    ],
)
def test_a_unit_is_worth_so_many_of_another(many: str, one: str, of_it: float) -> None:
    """Within half a percent, which is how near amounts must be to count as equal."""
    units = {**UNITS, **AFTER_NUMBER}
    units["hour"] = UNITS["hour"]
    assert units[many].dimension == units[one].dimension
    assert units[many].factor / units[one].factor == pytest.approx(of_it, rel=0.005)


@pytest.mark.parametrize(("one", "other"), [("$", "eur"), ("celsius", "fahrenheit"), ("w", "lm")])
def test_units_that_no_factor_joins_keep_their_names(one: str, other: str) -> None:
    """They share a dimension, and are never equal."""
    units = {**UNITS, **AFTER_NUMBER}
    assert units[one].dimension == units[other].dimension
    assert units[one] != units[other]
