"""The records of a workload: what is in the file, and what a stream of questions is made of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from world.errors import WorkloadError

Kind = Literal["exact", "paraphrase", "look_alike", "new"]


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing people want, the answer to it, and the ways they ask for it."""

    id: str
    answer: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One text and the intent behind it."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Two texts that look alike and must not share an answer; `kind` says how they differ."""

    kind: str
    a: Asked
    b: Asked


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a stream.

    `kind` says how it stands to what was asked before it: "exact" is the same text again,
    "paraphrase" another phrasing of an intent already asked, "look_alike" the twin of a text
    already asked, which must not be answered with that text's answer, and "new" none of these.
    """

    text: str
    intent: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Mix:
    """The shares of a stream; they add up to 1."""

    exact: float = 0.4
    paraphrase: float = 0.2
    look_alike: float = 0.1
    new: float = 0.3

    def __post_init__(self) -> None:
        shares = [getattr(self, field.name) for field in fields(self)]
        # `not >=` refuses NaN as well.
        if any(not share >= 0 for share in shares):
            raise WorkloadError(f"a share of a mix is at least 0, got {self}")
        if not abs(sum(shares) - 1) < 1e-6:
            raise WorkloadError(f"the shares of a mix add up to 1, not {sum(shares):g}")

    @classmethod
    def parse(cls, text: str) -> Mix:
        """Read `exact=0.4,paraphrase=0.2,look_alike=0.1,new=0.3`; what is left out is 0."""
        shares = {field.name: 0.0 for field in fields(cls)}
        for part in text.split(","):
            name, _, share = part.strip().partition("=")
            if name not in shares:
                raise WorkloadError(f"mix: {name!r} is none of {', '.join(shares)}")
            try:
                shares[name] = float(share)
            except ValueError:
                raise WorkloadError(f"mix: {name}={share} is not a number") from None
        return cls(**shares)

    def counts(self, n: int) -> dict[Kind, int]:
        """Divide n questions by the shares; what rounding leaves goes to the largest remainders."""
        exact: dict[Kind, float] = {
            "exact": self.exact * n,
            "paraphrase": self.paraphrase * n,
            "look_alike": self.look_alike * n,
            "new": self.new * n,
        }
        # 0.1 * 30 is a hair above 3: round away the noise of binary fractions first.
        exact = {kind: round(share, 6) for kind, share in exact.items()}
        counts = {kind: int(share) for kind, share in exact.items()}
        by_remainder = sorted(exact, key=lambda kind: counts[kind] - exact[kind])
        for kind in by_remainder[: n - sum(counts.values())]:
            counts[kind] += 1
        return counts
