"""The words behind prepositions keep questions apart."""

from __future__ import annotations

import pytest

from project.guards.roles import roles_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("from Oslo to Rome", "from Rome to Oslo", id="from and to"),
        pytest.param("send it from savings", "send it to savings", id="one of them"),
        pytest.param("pounds to dollars", "dollars to pounds", id="to only"),
        pytest.param("merge main into dev", "merge dev into main", id="into"),
        pytest.param("is tea hotter than milk", "is milk hotter than tea", id="than"),
        pytest.param("eat before the swim", "swim before eating", id="before"),
        pytest.param("check out before 11", "check out after 11", id="before and after"),
        pytest.param("oil instead of butter", "butter instead of oil", id="instead"),
        pytest.param("paint over primer", "primer over paint", id="over"),
        pytest.param("on paper and in mail", "on mail and in paper", id="moved"),
        pytest.param("open until 8", "open from 8", id="until"),
        pytest.param("get air into the mat", "get air out of the mat", id="out"),
        pytest.param(
            "bought on the uk site for france", "bought on the french site for the uk", id="country"
        ),
    ],
)
def test_another_preposition_is_another_question(asked: str, known: str) -> None:
    """A word has changed its role."""
    assert not roles_agree(asked, known)
    assert not roles_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("from Oslo to Rome", "flights to Rome from Oslo", id="same"),
        pytest.param("how to cancel the plan", "I want to cancel the plan", id="infinitive"),
        pytest.param("cancel the plan", "cancel my plan", id="no role"),
        pytest.param("the plan for my card", "the plan", id="one text only"),
        pytest.param("send it to my home in Rome", "send it to my home", id="extra"),
    ],
)
def test_the_same_roles_are_the_same(asked: str, known: str) -> None:
    """Whatever stands around them."""
    assert roles_agree(asked, known)
    assert roles_agree(known, asked)
