"""A lifeline ends when it is cut, and never stands in the way."""

from __future__ import annotations

import os

from world.lifeline import Lifeline


def test_the_reader_sees_lines_and_then_the_end() -> None:
    """What is told arrives line by line; after the cut comes the end of the file."""
    with Lifeline.open() as (lifeline, reader):
        lifeline.tell("one")
        lifeline.tell("two")
        lifeline.cut()
        assert os.read(reader, 100) == b"one\ntwo\n"
        assert os.read(reader, 100) == b""


def test_a_reader_that_is_gone_is_no_error() -> None:
    """Telling the dead, or telling after the cut, does nothing."""
    with Lifeline.open() as (lifeline, _):
        pass
    lifeline.tell("anybody there?")
    lifeline.cut()
    lifeline.cut()
    lifeline.tell("and now?")


def test_a_command_that_is_run_does_not_inherit_it() -> None:
    """The descriptors are closed in whatever we execute."""
    with Lifeline.open() as (lifeline, reader):
        assert not os.get_inheritable(reader)
        lifeline.cut()
