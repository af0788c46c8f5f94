"""An order and its answer survive the way between owner and keeper."""

from __future__ import annotations

import pytest

from world.environment import Addresses
from world.errors import WorldError
from world.order import Order, Settings, error_line, read_answer, ready_line


def test_an_order_arrives_as_it_was_sent() -> None:
    """A line of JSON carries every field."""
    settings = Settings(seed=7, latency_seconds=0, workload="/a b", appendonly=True, port=80)
    order = Order(settings, redis=True, http=True, standins=("sentry",), mark="MARK")
    assert Order.from_line(order.to_line()) == order
    assert "\n" not in order.to_line()


def test_addresses_arrive_as_they_were_sent() -> None:
    """A keeper's answer is where the parts are."""
    addresses = Addresses(http="http://127.0.0.1:1", redis=None)
    assert read_answer(ready_line(addresses)) == addresses


def test_an_error_is_raised_at_the_owner() -> None:
    """What stopped the keeper is the owner's error."""
    with pytest.raises(WorldError, match="no room"):
        read_answer(error_line(WorldError("no room")))
