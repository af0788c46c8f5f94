"""The rules of keeping the newest records."""

from __future__ import annotations

from world.kept import Kept


def test_the_oldest_record_goes_when_there_are_too_many() -> None:
    """The number of records is bounded, and what went is counted."""
    kept: Kept[int] = Kept(records=3)
    for number in range(5):
        kept.add(number, 1)
    assert kept.all() == [2, 3, 4]
    assert kept.dropped == 2


def test_the_oldest_record_goes_when_they_take_too_much_memory() -> None:
    """The sum of the sizes is bounded."""
    kept: Kept[str] = Kept(size_bytes=100)
    kept.add("old", 60)
    kept.add("new", 60)
    assert kept.all() == ["new"]


def test_clearing_forgets_also_what_was_dropped() -> None:
    """After a clear everything begins anew."""
    kept: Kept[int] = Kept(records=1)
    kept.add(1, 10)
    kept.add(2, 10)
    kept.clear()
    assert (len(kept), kept.dropped) == (0, 0)
    kept.add(3, 10)
    assert kept.all() == [3]
