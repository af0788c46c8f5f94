"""Questions that people ask, what they mean by them, and seeded streams of them.

workload = Workload.load(PUBLIC)
for question in workload.stream(1_000, mix=Mix(exact=0.6, paraphrase=0.4), seed=5): ...
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from world.errors import WorkloadError
from world.workloads.records import Asked, Intent, Kind, LookAlike, Mix, Question
from world.workloads.schema import fold, parse
from world.workloads.stream import Texts, play

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "PUBLIC",
    "Asked",
    "Intent",
    "Kind",
    "LookAlike",
    "Mix",
    "Question",
    "Workload",
    "WorkloadError",
    "fold",
]

PUBLIC = Path(__file__).parent / "shop.json"


@dataclass(frozen=True, slots=True)
class Workload:
    """A support desk: its intents, pairs of texts that only look alike, and single questions."""

    name: str
    shop: str
    intents: tuple[Intent, ...]
    look_alikes: tuple[LookAlike, ...]
    singles: tuple[Asked, ...]
    _intents: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _answers: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_intents", {fold(ask.text): ask.intent for ask in self.asked()})
        answers = {ask.intent: _answer_by_name(ask.intent) for ask in self.asked()}
        answers |= {intent.id: intent.answer for intent in self.intents}
        object.__setattr__(self, "_answers", answers)

    @classmethod
    def load(cls, path: Path | str) -> Workload:
        """Read a workload file; raise a WorkloadError that names the file and the place in it."""
        try:
            with Path(path).open(encoding="utf-8") as file:
                return cls(**parse(json.load(file)))
        except OSError as error:
            raise WorkloadError(f"{path}: {error.strerror or error}") from None
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise WorkloadError(f"{path}: this is not JSON: {error}") from None
        except WorkloadError as error:
            raise WorkloadError(f"{path}: {error}") from None

    def asked(self) -> Iterator[Asked]:
        """Yield every text of the workload with its intent."""
        for intent in self.intents:
            yield from (Asked(text, intent.id) for text in intent.phrasings)
        for pair in self.look_alikes:
            yield from (pair.a, pair.b)
        yield from self.singles

    def intent_of(self, text: str) -> str | None:
        """Return what a text asks for; case and white space make no difference."""
        return self._intents.get(fold(text))

    def answer_of(self, intent: str) -> str:
        """Return the answer to an intent; one that the file gives no answer to is named in it."""
        try:
            return self._answers[intent]
        except KeyError:
            raise WorkloadError(f"{self.name} has no intent {intent}") from None

    def stream(self, n: int, *, mix: Mix | None = None, seed: int = 5) -> list[Question]:
        """Return n questions in the shares of the mix, the same for the same seed.

        What is repeated follows Zipf's law: the second favourite half as often as the first. A
        workload that has too few texts for the mix is a WorkloadError with the number it has.
        """
        mix = mix or Mix()
        texts = Texts(self.intents, self.look_alikes, self.singles)
        return play(texts, mix.counts(n), seed)


def _answer_by_name(intent: str) -> str:
    words = intent.replace(".", ": ").replace("_", " ").replace("-", " ")
    return f"Our support desk has a separate answer to this one ({words})."
