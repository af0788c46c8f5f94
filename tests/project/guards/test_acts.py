"""What is asked for keeps questions apart."""

from __future__ import annotations

import pytest

from project.guards.acts import requests_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("raise my limit", "what is my limit", id="act"),
        pytest.param("I want to close my account", "my account", id="I want"),
        pytest.param("how to upgrade the plan", "the plan", id="how to"),
        pytest.param("help me reset the router", "the router", id="help"),
        pytest.param("I want my limit raised", "what is my limit", id="to be done"),
        pytest.param("can you please lock the door", "the door", id="please"),
        pytest.param("how do I go about closing my account", "my account", id="go about"),
        pytest.param("when is the bill due", "how do I pay the bill", id="time or way"),
        pytest.param("how much is the gym", "I want the gym", id="price or way"),
        pytest.param("how long does delivery take", "what does delivery cost", id="time or price"),
        pytest.param("how many days for the visa", "how to get the visa", id="counted time"),
        pytest.param("I would like the visa", "when is the visa ready", id="would like"),
        pytest.param("please can I get it", "what time is it", id="polite way"),
    ],
)
def test_another_request_is_another_question(asked: str, known: str) -> None:
    """An act, a price, a time or a way."""
    assert not requests_agree(asked, known)
    assert not requests_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("cancel my plan", "how do I terminate my plan", id="synonym"),
        pytest.param("how do I activate it", "activation", id="noun"),
        pytest.param("reset my password", "I forgot my password", id="trouble"),
        pytest.param("unlock it", "it does not open", id="denial"),
        pytest.param("cancel my plan", "cancl my plan", id="slip"),
        pytest.param("where is it", "what is it", id="no act"),
        pytest.param("how much is left", "how do I see what is left", id="own sum"),
        pytest.param("how much is my bill", "how do I see my bill", id="my sum"),
        pytest.param("the card that I blocked is here", "the card is here", id="not asked"),
        pytest.param("you closed the shop", "the shop", id="own verb"),
        pytest.param("cancel it", "cancel it and tell me when", id="extra"),
        pytest.param("what does it cost", "how much is the ticket", id="price"),
        pytest.param("do I pay extra", "does it cost extra", id="not a way"),
    ],
)
def test_the_same_request_is_the_same(asked: str, known: str) -> None:
    """In other words, or told as a trouble that the act would mend."""
    assert requests_agree(asked, known)
    assert requests_agree(known, asked)
