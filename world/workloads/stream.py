"""Play a workload as a stream: who asks what after whom, decided by a seed alone.

The new questions are chosen first, so that every look-alike has a twin to come after and every
paraphrase an intent to rephrase. Then the stream is dealt, one question after the other: a kind is
drawn by what is left of each, among the kinds that are possible so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, TypeVar

from world.errors import WorkloadError
from world.workloads.records import Asked, Intent, Kind, LookAlike, Question

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Texts:
    """What a stream draws from."""

    intents: Sequence[Intent]
    look_alikes: Sequence[LookAlike]
    singles: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Choice:
    """The new questions of a stream, and by its text the twin that comes after some of them."""

    news: Sequence[Asked]
    twins: Mapping[str, Asked]


def play(texts: Texts, counts: Mapping[Kind, int], seed: int) -> list[Question]:
    """Return a stream of so many questions of each kind."""
    # Not for secrets: the same seed must give the same stream.
    random = Random(seed)  # noqa: S311
    dealer = _Dealer(texts, _Chooser(texts, random).choose(counts), random)
    left = dict(counts)
    questions = []
    while any(left.values()):
        possible = [kind for kind in left if left[kind] and dealer.possible(kind)]
        kind = random.choices(possible, [left[kind] for kind in possible])[0]
        left[kind] -= 1
        questions.append(dealer.deal(kind))
    return questions


class _Chooser:
    """Chooses new questions of which no two share an intent."""

    def __init__(self, texts: Texts, random: Random) -> None:
        self._texts, self._random = texts, random
        self._taken: set[str] = set()

    def choose(self, counts: Mapping[Kind, int]) -> Choice:
        """Choose the new questions for a stream of these counts."""
        new = counts["new"]
        if not new and any(counts.values()):
            raise WorkloadError("a stream begins with a new question, and this mix has none")
        pairs = self._pairs(counts["look_alike"], new)
        spare = sum(len(intent.phrasings) for intent in self._texts.intents if self._has(intent))
        openers, singles = self._openers(), self._singles()
        have = len(pairs) + len(openers) + len(singles)
        if have < new:
            raise WorkloadError(f"this workload has {have} new questions, {new} were asked for")
        kept = self._enough(openers[: new - len(pairs)], spare, counts["paraphrase"])
        rest = [*openers[kept:], *singles]
        self._random.shuffle(rest)
        news = [*(anchor for anchor, _ in pairs), *openers[:kept], *rest][:new]
        self._random.shuffle(news)
        return Choice(news, {anchor.text: twin for anchor, twin in pairs})

    def _pairs(self, wanted: int, new: int) -> list[tuple[Asked, Asked]]:
        found: list[tuple[Asked, Asked]] = []
        for pair in self._shuffled(self._texts.look_alikes):
            anchor, twin = self._random.sample((pair.a, pair.b), 2)
            if len(found) < wanted and not {anchor.intent, twin.intent} & self._taken:
                self._taken |= {anchor.intent, twin.intent}
                found.append((anchor, twin))
        if len(found) < wanted:
            raise WorkloadError(
                f"this workload has {len(found)} look-alikes, {wanted} were asked for"
            )
        if wanted > new:
            raise WorkloadError(
                f"each look-alike comes after a new question: {new} are too few for {wanted}"
            )
        return found

    def _openers(self) -> list[Asked]:
        """Return one phrasing of each intent that is not taken."""
        free = [intent for intent in self._shuffled(self._texts.intents) if not self._has(intent)]
        self._taken |= {intent.id for intent in free}
        return [Asked(self._random.choice(intent.phrasings), intent.id) for intent in free]

    def _singles(self) -> list[Asked]:
        free = {
            single.intent: single
            for single in self._shuffled(self._texts.singles)
            if single.intent not in self._taken
        }
        return list(free.values())

    def _enough(self, openers: Sequence[Asked], spare: int, wanted: int) -> int:
        """Return how many openers it takes until `wanted` other phrasings are left to ask."""
        phrasings = {intent.id: len(intent.phrasings) for intent in self._texts.intents}
        gains = (phrasings[opener.intent] - 1 for opener in openers)
        total = spare
        for kept, total in enumerate(accumulate(gains, initial=spare)):
            if total >= wanted:
                return kept
        raise WorkloadError(f"so few new questions leave {total} paraphrases, {wanted} were asked")

    def _has(self, intent: Intent) -> bool:
        return intent.id in self._taken

    def _shuffled(self, items: Sequence[T]) -> list[T]:
        return self._random.sample(items, len(items))


class _Dealer:
    """Deals questions one after the other and remembers what was asked."""

    def __init__(self, texts: Texts, choice: Choice, random: Random) -> None:
        self._random = random
        self._news = list(choice.news)
        self._pending = dict(choice.twins)
        self._twins: list[Asked] = []
        self._phrasings = {intent.id: list(intent.phrasings) for intent in texts.intents}
        self._asked: list[Asked] = []
        self._popularity: list[float] = []
        self._opened: list[str] = []
        self._deals = {
            "exact": self._exact,
            "paraphrase": self._paraphrase,
            "look_alike": self._look_alike,
            "new": self._new,
        }

    def possible(self, kind: Kind) -> bool:
        """Tell whether a question of this kind can follow what was asked."""
        sources = {
            "exact": self._asked,
            "paraphrase": self._opened,
            "look_alike": self._twins,
            "new": self._news,
        }
        return bool(sources[kind])

    def deal(self, kind: Kind) -> Question:
        """Return the next question of this kind."""
        ask = self._deals[kind]()
        if kind != "exact":
            self._remember(ask)
        return Question(ask.text, ask.intent, kind)

    def _new(self) -> Asked:
        return self._news.pop()

    def _look_alike(self) -> Asked:
        return self._twins.pop(self._random.randrange(len(self._twins)))

    def _exact(self) -> Asked:
        return self._random.choices(self._asked, cum_weights=self._popularity)[0]

    def _paraphrase(self) -> Asked:
        ranks = range(1, len(self._opened) + 1)
        intent = self._random.choices(self._opened, [1 / rank for rank in ranks])[0]
        return Asked(self._random.choice(self._phrasings[intent]), intent)

    def _remember(self, ask: Asked) -> None:
        """Note a text asked for the first time: the earlier, the more popular (Zipf)."""
        self._asked.append(ask)
        before = self._popularity[-1] if self._popularity else 0.0
        self._popularity.append(before + 1 / len(self._asked))
        if ask.text in self._pending:
            self._twins.append(self._pending.pop(ask.text))
        self._open(ask)

    def _open(self, ask: Asked) -> None:
        """Keep the intents that still have a phrasing nobody used."""
        phrasings = self._phrasings.get(ask.intent, [])
        if ask.text in phrasings:
            phrasings.remove(ask.text)
        if phrasings and ask.intent not in self._opened:
            self._opened.append(ask.intent)
        elif not phrasings and ask.intent in self._opened:
            self._opened.remove(ask.intent)
