"""Random order is for Python tests: a notebook keeps its cells in order, and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbval.plugin import IPyNbCell

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put notebooks behind the shuffled tests, cell by cell."""
    cells = [item for item in items if isinstance(item, IPyNbCell)]
    others = [item for item in items if not isinstance(item, IPyNbCell)]
    items[:] = [*others, *ordered(cells)]


def ordered(cells: Iterable[IPyNbCell]) -> list[IPyNbCell]:
    """Return the cells by notebook and by their number in it."""
    return sorted(cells, key=lambda cell: (str(cell.path), cell.cell_num))
