"""Check a workload file field by field: every mistake is a WorkloadError that names its place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from world.errors import WorkloadError
from world.workloads.records import Asked, Intent, LookAlike

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_FILE = ("name", "shop", "intents", "look_alikes", "singles")


def fold(text: str) -> str:
    """Return a text without the differences of case and white space."""
    return " ".join(text.casefold().split())


def parse(data: Any) -> dict[str, Any]:
    """Return the fields of a Workload from what json.load returned."""
    fields = _object("the file", data, _FILE)
    parsed: dict[str, Any] = {
        "name": _text("name", fields["name"]),
        "shop": _text("shop", fields["shop"]),
        "intents": tuple(_intent(*item) for item in _items("intents", fields["intents"])),
        "look_alikes": tuple(_pair(*item) for item in _items("look_alikes", fields["look_alikes"])),
        "singles": tuple(_asked(*item) for item in _items("singles", fields["singles"])),
    }
    _unique_ids(parsed["intents"])
    _unique_texts(_texts_with_places(parsed))
    return parsed


def _intent(where: str, data: Any) -> Intent:
    fields = _object(where, data, ("id", "answer", "phrasings"))
    phrasings = _items(f"{where}.phrasings", fields["phrasings"])
    if not phrasings:
        raise WorkloadError(f"{where}.phrasings: at least one phrasing is needed")
    return Intent(
        id=_text(f"{where}.id", fields["id"]),
        answer=_text(f"{where}.answer", fields["answer"]),
        phrasings=tuple(_text(*item) for item in phrasings),
    )


def _asked(where: str, data: Any) -> Asked:
    fields = _object(where, data, ("text", "intent"))
    text = _text(f"{where}.text", fields["text"])
    return Asked(text, _text(f"{where}.intent", fields["intent"]))


def _pair(where: str, data: Any) -> LookAlike:
    fields = _object(where, data, ("kind", "a", "b"))
    kind = _text(f"{where}.kind", fields["kind"])
    a, b = _asked(f"{where}.a", fields["a"]), _asked(f"{where}.b", fields["b"])
    if a.intent == b.intent:
        raise WorkloadError(f"{where}: a and b look alike, so their intents must differ")
    return LookAlike(kind, a, b)


def _object(where: str, data: Any, names: Collection[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise WorkloadError(f"{where}: expected an object with {', '.join(names)}")
    for name in names:
        if name not in data:
            raise WorkloadError(f"{where}: {name} is missing")
    for name in data:
        if name not in names:
            raise WorkloadError(f"{where}: {name} is unknown, expected {', '.join(names)}")
    return data


def _items(where: str, data: Any) -> list[tuple[str, Any]]:
    if not isinstance(data, list):
        raise WorkloadError(f"{where}: expected a list")
    return [(f"{where}[{i}]", item) for i, item in enumerate(data)]


def _text(where: str, data: Any) -> str:
    if not isinstance(data, str) or not data.strip():
        raise WorkloadError(f"{where}: expected a text that is not empty")
    return data


def _unique_ids(intents: Iterable[Intent]) -> None:
    for name, times in Counter(intent.id for intent in intents).items():
        if times > 1:
            raise WorkloadError(f"intents: the id {name} is there {times} times")


def _unique_texts(texts: Iterable[tuple[str, str]]) -> None:
    seen: dict[str, str] = {}
    for where, text in texts:
        first = seen.setdefault(fold(text), where)
        if first != where:
            raise WorkloadError(f"{where}: the same text as {first}")


def _texts_with_places(parsed: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for i, intent in enumerate(parsed["intents"]):
        for k, text in enumerate(intent.phrasings):
            yield f"intents[{i}].phrasings[{k}]", text
    for i, pair in enumerate(parsed["look_alikes"]):
        yield f"look_alikes[{i}].a", pair.a.text
        yield f"look_alikes[{i}].b", pair.b.text
    for i, single in enumerate(parsed["singles"]):
        yield f"singles[{i}]", single.text
