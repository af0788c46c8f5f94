"""Who does what to whom keeps questions apart."""

from __future__ import annotations

import pytest

from project.guards.directions import directions_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("from Oslo to Rome", "from Rome to Oslo", id="from and to"),
        pytest.param(
            "does the pot fit the lid", "does the lid fit the pot", id="subject and object"
        ),
        pytest.param(
            "a private account should be a business one",
            "a business account should be a private one",
            id="adjectives",
        ),
        pytest.param(
            "do the 2021 casters fit the 2024 frame",
            "do the 2024 casters fit the 2021 frame",
            id="years",
        ),
        pytest.param("replace tabs with spaces", "replace spaces with tabs", id="replace"),
        pytest.param("can my wife call you or I", "can I call you or my wife", id="persons"),
        pytest.param("does my boss owe me money", "do I owe my boss money", id="auxiliaries"),
        pytest.param("I owe you ten", "you owe me ten", id="I and you"),
    ],
)
def test_parts_that_change_places_ask_another_question(asked: str, known: str) -> None:
    """Around what stays between them."""
    assert not directions_agree(asked, known)
    assert not directions_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("the cost of delivery", "the delivery cost", id="compound"),
        pytest.param("check order status", "order status check", id="verb last"),
        pytest.param("for cats and dogs", "for dogs and cats", id="list"),
        pytest.param("if it rains, is it on", "is it on if it rains", id="clause"),
        pytest.param("where is my order", "my order is where", id="question"),
        pytest.param("half a cup is how many ml", "how many ml is half a cup", id="equation"),
        pytest.param("the lid fits", "the lid fits", id="same"),
        pytest.param("does the plan cover it", "is it covered by the plan", id="other words"),
    ],
)
def test_an_order_that_changes_nothing_does_not_count(asked: str, known: str) -> None:
    """Compounds, lists and clauses may be turned round."""
    assert directions_agree(asked, known)
    assert directions_agree(known, asked)
