"""A stream has the stated shares, and every question is what its kind says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.world.workloads.small import loaded
from world.workloads import PUBLIC, Kind, Mix, Question, Workload, WorkloadError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHOP = Workload.load(PUBLIC)


def kinds_by_definition(questions: Sequence[Question], workload: Workload) -> list[Kind]:
    """Return the kind of every question, found by looking back at what was asked."""
    twins = {pair.a.text: pair.b.text for pair in workload.look_alikes}
    twins |= {b: a for a, b in twins.items()}
    texts: set[str] = set()
    intents: set[str] = set()
    kinds: list[Kind] = []
    for question in questions:
        if question.text in texts:
            kinds.append("exact")
        elif question.intent in intents:
            kinds.append("paraphrase")
        elif twins.get(question.text) in texts:
            kinds.append("look_alike")
        else:
            kinds.append("new")
        texts.add(question.text)
        intents.add(question.intent)
    return kinds


@pytest.mark.parametrize("seed", range(5))
def test_every_question_is_of_its_kind(seed: int) -> None:
    """Repeats repeat, paraphrases rephrase, twins come after their twin, new is new."""
    questions = SHOP.stream(400, mix=Mix(), seed=seed)
    assert kinds_by_definition(questions, SHOP) == [question.kind for question in questions]
    assert all(SHOP.intent_of(question.text) == question.intent for question in questions)


@pytest.mark.parametrize(
    ("mix", "counts"),
    [
        (Mix(), {"exact": 80, "paraphrase": 40, "look_alike": 20, "new": 60}),
        (Mix(0, 0, 0, 1), {"new": 200}),
        (Mix(0.995, 0, 0, 0.005), {"exact": 199, "new": 1}),
        (Mix(0, 0.9, 0, 0.1), {"paraphrase": 180, "new": 20}),
        (Mix(0, 0, 0.5, 0.5), {"look_alike": 100, "new": 100}),
    ],
    ids=["default", "new", "exact", "paraphrase", "look_alike"],
)
def test_the_shares_are_exact(mix: Mix, counts: dict[str, int]) -> None:
    """A stream has as many questions of each kind as the mix says."""
    stream = SHOP.stream(200, mix=mix, seed=1)
    assert Counter(question.kind for question in stream) == counts


def test_a_stream_is_a_function_of_its_seed() -> None:
    """The same seed gives the same stream, another seed another one."""
    assert SHOP.stream(100, seed=3) == SHOP.stream(100, seed=3)
    assert SHOP.stream(100, seed=3) != SHOP.stream(100, seed=4)


def test_repeats_follow_zipf() -> None:
    """A few questions make most of the repeats."""
    stream = SHOP.stream(5_000, mix=Mix.parse("exact=0.98,new=0.02"), seed=2)
    popularity = Counter(question.text for question in stream).most_common()
    first_ten = sum(times for _, times in popularity[:10])
    assert 0.45 < first_ten / 5_000 < 0.75
    assert popularity[0][1] > 3 * popularity[9][1]


def test_an_empty_stream_is_empty(tmp_path: Path) -> None:
    """No questions are asked for, none are given."""
    assert loaded(tmp_path).stream(0) == []


@pytest.mark.parametrize(
    ("n", "mix", "complaint"),
    [
        (20, "new=1", "has 7 new questions, 20 were asked for"),
        (20, "look_alike=0.5,new=0.5", "has 3 look-alikes, 10 were asked for"),
        (4, "look_alike=0.75,new=0.25", "after a new question: 1 are too few for 3"),
        (20, "paraphrase=0.9,new=0.1", "leave 8 paraphrases, 18 were asked"),
        (20, "exact=1", "begins with a new question"),
    ],
    ids=["new", "look-alikes", "anchors", "paraphrases", "no-beginning"],
)
def test_too_small_a_workload_says_how_small(
    tmp_path: Path, n: int, mix: str, complaint: str
) -> None:
    """Nothing is made up when texts run out: the error has the number that there are."""
    with pytest.raises(WorkloadError, match=complaint):
        loaded(tmp_path).stream(n, mix=Mix.parse(mix), seed=1)


def test_a_workload_can_be_used_up(tmp_path: Path) -> None:
    """Every new question, every look-alike and every phrasing can be asked once."""
    workload = loaded(tmp_path)
    n = 10 + 3 + 16
    mix = Mix(exact=0, paraphrase=16 / n, look_alike=3 / n, new=10 / n)
    questions = workload.stream(n, mix=mix, seed=1)
    assert {question.text for question in questions} == {ask.text for ask in workload.asked()}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("exact=0.5", "add up to 1, not 0.5"),
        ("exact=2,new=-1", "at least 0"),
        ("exact=nan,new=1", "at least 0"),
        ("exact=much", "exact=much is not a number"),
        ("old=1", "'old' is none of exact, paraphrase, look_alike, new"),
        ("", "'' is none of"),
    ],
)
def test_a_bad_mix_is_refused(text: str, complaint: str) -> None:
    """Shares are numbers of the known kinds that add up to 1."""
    with pytest.raises(WorkloadError, match=complaint):
        Mix.parse(text)
