"""What a cosine means: the probability, for one embedder, that two questions have the same answer.

Cosine differs from embedder to embedder: the same 0.90 is nearly the same words for one and merely
the same topic for another. So it is calibrated: labelled questions are asked against each other,
each takes its nearest neighbour that the guards let through, and a monotone curve is fitted to
whether that neighbour had the same answer (pool-adjacent-violators; Ayer et al., 1955, Annals of
Mathematical Statistics 26).
"""

from __future__ import annotations

import bisect
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = Path(__file__).parent / "calibrations"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its count, and the 95 % interval of Wilson (1927)."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """The share itself; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Return the bounds between which the true share lies, 19 times of 20."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.96, self.of, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class Level:
    """What one setting of CACHE_SIMILARITY gave on questions the fit had not seen."""

    similarity: float
    cosine: float
    hits: Rate
    wrong: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone curve from cosine to similarity, and where it comes from."""

    embedder: str
    data_sha256: str
    cosines: tuple[float, ...]
    similarities: tuple[float, ...]
    levels: tuple[Level, ...] = ()

    def __call__(self, cosine: float) -> float:
        """Return the similarity at a cosine: linear between the knots, flat outside them."""
        place = bisect.bisect_right(self.cosines, cosine)
        if place == 0:
            return self.similarities[0]
        if place == len(self.cosines):
            return self.similarities[-1]
        low, high = self.cosines[place - 1], self.cosines[place]
        at_low, at_high = self.similarities[place - 1], self.similarities[place]
        return at_low + (at_high - at_low) * (cosine - low) / (high - low)

    def cosine_at(self, similarity: float) -> float:
        """Return the least cosine that reaches a similarity; above 1 when none does."""
        for cosine, reached in zip(self.cosines, self.similarities, strict=True):
            if reached >= similarity:
                return self._cross(cosine, similarity)
        return math.inf

    def _cross(self, upper: float, similarity: float) -> float:
        place = self.cosines.index(upper)
        if place == 0:
            return upper
        low, at_low = self.cosines[place - 1], self.similarities[place - 1]
        rise = self.similarities[place] - at_low
        return low + (upper - low) * (similarity - at_low) / rise if rise else upper

    def dump(self) -> str:
        """Return the JSON that `load` reads."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def parse(cls, text: str) -> Calibration:
        """Read a stored calibration."""
        stored = json.loads(text)
        levels = tuple(
            Level(v["similarity"], v["cosine"], Rate(**v["hits"]), Rate(**v["wrong"]))
            for v in stored["levels"]
        )
        return cls(
            stored["embedder"],
            stored["data_sha256"],
            tuple(stored["cosines"]),
            tuple(stored["similarities"]),
            levels,
        )


def shipped(embedder: str) -> Calibration | None:
    """Return the calibration that comes with the API for an embedder, None if there is none."""
    path = FOLDER / f"{embedder}.json"
    return Calibration.parse(path.read_text(encoding="utf-8")) if path.exists() else None


def fit(
    neighbours: Iterable[tuple[float, bool]], *, bins: int = 60
) -> tuple[list[float], list[float]]:
    """Fit a curve that never falls to (cosine of the nearest neighbour, same answer) pairs.

    Equal counts go into each bin first, so that one lucky neighbour at the top does not promise
    certainty: a bin's similarity is the mean of its labels with one failure added (Laplace).
    """
    ordered = sorted(neighbours)
    size = max(1, math.ceil(len(ordered) / bins))
    groups = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    blocks = [
        _Block([sum(c for c, _ in g) / len(g)], sum(ok for _, ok in g), len(g)) for g in groups
    ]
    pooled: list[_Block] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and pooled[-2].mean > pooled[-1].mean:
            upper = pooled.pop()
            pooled.append(pooled.pop().joined(upper))
    return _knots(pooled)


@dataclass(frozen=True, slots=True)
class _Block:
    cosines: Sequence[float]
    same: int
    size: int

    @property
    def mean(self) -> float:
        return self.same / (self.size + 1)

    def joined(self, upper: _Block) -> _Block:
        return _Block(
            [*self.cosines, *upper.cosines], self.same + upper.same, self.size + upper.size
        )


def _knots(blocks: Sequence[_Block]) -> tuple[list[float], list[float]]:
    """Return one knot a block, at its mean cosine: between blocks the curve rises linearly."""
    cosines = [round(sum(b.cosines) / len(b.cosines), 5) for b in blocks]
    return cosines, [round(b.mean, 5) for b in blocks]
