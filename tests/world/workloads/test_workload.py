"""A workload knows its texts, their intents and the answers, and refuses a broken file."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.world.workloads.small import contents, loaded, written
from world.workloads import PUBLIC, Workload, WorkloadError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_intent_is_found_whatever_the_case_and_spaces(tmp_path: Path) -> None:
    """Case and white space make no other question; other words do."""
    workload = loaded(tmp_path)
    assert workload.intent_of("  phrasing\n0 OF  2 ") == "intent_2"
    assert workload.intent_of("phrasing 0 of 22") is None


def test_every_text_is_known(tmp_path: Path) -> None:
    """Phrasings, both sides of a pair and singles have their intent."""
    workload = loaded(tmp_path)
    assert workload.intent_of("send 10 lamps") == "lamps.10"
    assert workload.intent_of("send 1 lamps") == "lamps.1"
    assert workload.intent_of("only once 2") == "single.2"


def test_an_intent_has_its_answer(tmp_path: Path) -> None:
    """The file's answer is given; an intent that has none is named in its own."""
    workload = loaded(tmp_path)
    assert workload.answer_of("intent_1") == "Answer 1."
    assert "(lamps: 10)" in workload.answer_of("lamps.10")


def test_an_unknown_intent_is_an_error(tmp_path: Path) -> None:
    """There is no answer to what is not in the file."""
    with pytest.raises(WorkloadError, match="small has no intent nonsense"):
        loaded(tmp_path).answer_of("nonsense")


def test_the_public_workload_is_sound() -> None:
    """The shop has at least 60 intents with 10 phrasings and 200 look-alike pairs."""
    shop = Workload.load(PUBLIC)
    assert len(shop.intents) >= 60
    assert min(len(intent.phrasings) for intent in shop.intents) >= 10
    assert len(shop.look_alikes) >= 200
    assert all(shop.intent_of(ask.text) == ask.intent for ask in shop.asked())


def change(data: Any, path: str, value: Any) -> Any:
    """Return a copy of `data` with one value changed; a missing value is deleted."""
    copied = copy.deepcopy(data)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = copied
    for step in steps:
        place = place[step]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return copied


MISSING = object()
INTENT = {"id": "x", "answer": "y", "phrasings": ["z"]}


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("name", MISSING, r"the file: name is missing"),
        ("name", "", r"name: expected a text that is not empty"),
        ("shop", 5, r"shop: expected a text"),
        ("notes", "x", r"the file: notes is unknown"),
        ("intents", {}, r"intents: expected a list"),
        ("intents/1", "x", r"intents\[1\]: expected an object with id, answer, phrasings"),
        ("intents/1/id", MISSING, r"intents\[1\]: id is missing"),
        ("intents/1/id", "intent_0", r"intents: the id intent_0 is there 2 times"),
        ("intents/1/answer", " ", r"intents\[1\]\.answer: expected a text"),
        ("intents/1/phrasings", [], r"intents\[1\]\.phrasings: at least one"),
        ("intents/1/phrasings/2", 7, r"intents\[1\]\.phrasings\[2\]: expected a text"),
        ("intents/1/tags", [], r"intents\[1\]: tags is unknown"),
        ("look_alikes/0/kind", MISSING, r"look_alikes\[0\]: kind is missing"),
        ("look_alikes/0/a/text", None, r"look_alikes\[0\]\.a\.text: expected a text"),
        ("look_alikes/0/b", [], r"look_alikes\[0\]\.b: expected an object"),
        ("look_alikes/0/b/intent", "lamps.1", r"look_alikes\[0\]: .*intents must differ"),
        ("singles/0/intent", MISSING, r"singles\[0\]: intent is missing"),
        (
            "singles/0/text",
            "PHRASING  0 of 0",
            r"singles\[0\]: the same text as intents\[0\]\.phrasings\[0\]",
        ),
        ("look_alikes/0/b/text", "Send 1 lamps", r"look_alikes\[0\]\.b: the same text as"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, path: str, value: object, complaint: str
) -> None:
    """Every rule of the schema has an error that says where it is broken, and in which file."""
    broken = written(tmp_path, change(contents(), path, value))
    with pytest.raises(WorkloadError, match=r"workload\.json: " + complaint):
        Workload.load(broken)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"{", "this is not JSON"),
        (b"\xff\xfe", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b"[]", "the file: expected an object"),
    ],
    ids=["cut", "encoding", "deep", "list"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, data: bytes, complaint: str) -> None:
    """What is no JSON object is an error that names the file."""
    path = tmp_path / "workload.json"
    path.write_bytes(data)
    with pytest.raises(WorkloadError, match=r"workload\.json: " + complaint):
        Workload.load(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(WorkloadError, match=r"nowhere\.json: No such file"):
        Workload.load(tmp_path / "nowhere.json")
