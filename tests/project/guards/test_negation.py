"""What one text denies the other may not affirm."""

from __future__ import annotations

import pytest

from project.guards.negation import denials_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("can I not go", "can I go", id="not"),
        pytest.param("I can log in", "I can't log in", id="contraction"),
        pytest.param("I want it", "I dont want it", id="no apostrophe"),
        pytest.param("it works in shops", "it never works in shops", id="never"),
        pytest.param("ship with insurance", "ship without insurance", id="without"),
        pytest.param("do trains run there", "do trains no longer run there", id="no longer"),
        pytest.param("I hold a licence", "I hold no licence", id="no"),
        pytest.param("if I am able to attend", "if I am unable to attend", id="unable"),
        pytest.param("why can I see it", "why can't I see it", id="why"),
        pytest.param("keep sending me mail", "stop sending me mail", id="stop"),
        pytest.param("which bills are paid", "which bills are unpaid", id="un"),
        pytest.param("which fares are refundable", "which fares are non-refundable", id="non"),
        pytest.param("connect the phone", "disconnect the phone", id="dis"),
        pytest.param("is the code valid", "is the code invalid", id="in"),
        pytest.param("bread with gluten", "gluten free bread", id="free"),
        pytest.param("bread with gluten", "bread free of gluten", id="free of"),
        pytest.param("freeze my card", "unfreeze my card", id="undo"),
        pytest.param("and I have it, only late", "and I don't have it, only late", id="have"),
        pytest.param("a number but not shipped", "no number but shipped", id="other thing"),
        pytest.param(
            "no receipt and the box is open",
            "no receipt and the box is not open",
            id="second denial",
        ),
        pytest.param("it works not", "it works", id="after the word"),
        pytest.param("both doors open", "neither door opens", id="neither"),
    ],
)
def test_a_denial_keeps_questions_apart(asked: str, known: str) -> None:
    """Whatever the denial is called."""
    assert not denials_agree(asked, known)
    assert not denials_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("I can't log in", "I cannot log in", id="both"),
        pytest.param("tracking is not updating", "no tracking updates", id="moved"),
        pytest.param("it is not available", "it is unavailable", id="affix"),
        pytest.param("it is not without risk", "it has risk", id="twice"),
        pytest.param("can't I pay by card", "can I pay by card", id="polite"),
        pytest.param("it is free, isn't it", "it is free", id="tag"),
        pytest.param("I don't know how to cancel", "how do I cancel", id="how to"),
        pytest.param("is it safe or not", "is it safe", id="or not"),
        pytest.param("cancel it, I don't need it", "cancel it", id="beside"),
        pytest.param("my parcel hasn't arrived", "my parcel is missing", id="other words"),
        pytest.param(
            "I don't want the newsletter, unsubscribe me",
            "unsubscribe me from the newsletter",
            id="refused",
        ),
        pytest.param("we order without tax", "we order tax exempt", id="exempt"),
        pytest.param("my refund hasn't arrived yet", "when will my refund arrive", id="pending"),
        pytest.param("my account is locked", "unlock my account", id="locked"),
        pytest.param("order no 5", "order 5", id="number sign"),
        pytest.param("is it free of charge", "is it free", id="free of charge"),
        pytest.param("stop the music", "the music", id="stop noun"),
        pytest.param("I don't have a receipt", "I have no receipt", id="have"),
        pytest.param("open until five", "open til five", id="until"),
    ],
)
def test_a_denial_that_changes_nothing_does_not_count(asked: str, known: str) -> None:
    """Denied by both, denied twice, asked politely, or beside the point."""
    assert denials_agree(asked, known)
    assert denials_agree(known, asked)
