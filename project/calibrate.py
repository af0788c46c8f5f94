"""Fit what a cosine means for an embedder: `python -m project.calibrate QUESTIONS.json`.

QUESTIONS is JSON: {"intents": [{"id": ..., "phrasings": [...]}], "look_alikes": [{"a": {"text",
"intent"}, "b": {...}}]}; `look_alikes` may be missing. Half of each intent's phrasings are kept,
the other half asks; a look-alike's first side is kept and its second asks. The levels that are
stored come from intents that the fit had not seen (five folds by intent).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from project.calibration import FOLDER, Calibration, Level, Rate, fit
from project.embeddings import LocalEmbedder
from project.guards import may_share
from project.patterns.semantic_cache import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from project.patterns.semantic_cache import Vector

FOLDS = 5
ROUNDS = 4
NEAREST = 3
SIMILARITIES = (0.85, 0.90, 0.95, 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, the answer it deserves, and the fold it belongs to."""

    text: str
    intent: str
    fold: int
    asks: bool | None  # None: drawn anew each round


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a question found: how near, whether with the same answer, and in which fold."""

    cosine: float
    same: bool
    fold: int


def read(path: Path) -> list[Labelled]:
    """Read labelled questions; raises `SystemExit` with one line when they are none."""
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        intents, pairs = data["intents"], data.get("look_alikes", [])
        found = [
            Labelled(text, intent["id"], n % FOLDS, None)
            for n, intent in enumerate(intents)
            for text in intent["phrasings"]
        ]
        for n, pair in enumerate(pairs):
            for side, asks in (("a", False), ("b", True)):
                found.append(Labelled(pair[side]["text"], pair[side]["intent"], n % FOLDS, asks))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path} holds no labelled questions: {error!r}") from None
    return found


def neighbours(questions: Sequence[Labelled], vectors: Vector, seed: int) -> list[Neighbour]:
    """Ask half of the questions against the others; each takes its nearest past the guards."""
    draw = random.Random(seed)  # noqa: S311  # no secret
    asks = [draw.random() < 0.5 if q.asks is None else q.asks for q in questions]
    kept = [i for i, asking in enumerate(asks) if not asking]
    found = []
    for i in (i for i, asking in enumerate(asks) if asking):
        row = vectors[kept] @ vectors[i]
        near = [(float(row[place]), questions[kept[place]]) for place in np.argsort(-row)[:NEAREST]]
        found.append(_first(questions[i], near))
    return found


def _first(asked: Labelled, near: Sequence[tuple[float, Labelled]]) -> Neighbour:
    """Return the nearest that may share its answer, as the cache would."""
    for cosine, known in near:
        if may_share(asked.text, known.text):
            return Neighbour(cosine, known.intent == asked.intent, asked.fold)
    return Neighbour(-1.0, same=False, fold=asked.fold)


def curve(found: Sequence[Neighbour], embedder: str = "") -> Calibration:
    """Fit the curve to what was found at all."""
    cosines, similarities = fit((n.cosine, n.same) for n in found if n.cosine > -1)
    return Calibration(embedder, "", tuple(cosines), tuple(similarities))


def level(similarity: float, found: Sequence[Neighbour]) -> Level:
    """Measure one similarity, each fold by the curve of the others."""
    hits = wrong = 0
    for fold in range(FOLDS):
        least = curve([n for n in found if n.fold != fold]).cosine_at(similarity)
        taken = [n for n in found if n.fold == fold and n.cosine >= least]
        hits, wrong = hits + len(taken), wrong + sum(not n.same for n in taken)
    cosine = round(curve(found).cosine_at(similarity), 4)
    return Level(similarity, cosine, Rate(hits, len(found)), Rate(wrong, hits))


def calibrate(questions: Sequence[Labelled], vectors: Vector, *, embedder: str) -> Calibration:
    """Fit the curve on all questions, and measure its levels on unseen ones."""
    rounds = [neighbours(questions, vectors, seed) for seed in range(ROUNDS)]
    found = [n for one in rounds for n in one]
    return replace(curve(found, embedder), levels=tuple(level(s, found) for s in SIMILARITIES))


def table(calibration: Calibration) -> str:
    """Return the levels as text."""
    lines = ["similarity  cosine    hits   95 % interval   wrong/hits  95 % interval"]
    for row in calibration.levels:
        (low, high), (least, most) = row.hits.interval(), row.wrong.interval()
        hits = f"{row.hits.share:7.1%}   {low:5.1%} - {high:5.1%}"
        wrong = f"{row.wrong.share:9.1%}   {least:5.1%} - {most:5.1%}"
        lines.append(f"{row.similarity:10.2f} {row.cosine:7.3f} {hits}   {wrong}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, store and print; 2 when the questions cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m project.calibrate",
        description="Fit what a cosine means for the local embedder, from labelled questions.",
        epilog="example: python -m project.calibrate world/workloads/shop.json",
    )
    parser.add_argument("questions", type=Path)
    parser.add_argument("--out", type=Path, help="where to store it (project/calibrations)")
    options = parser.parse_args(arguments)
    questions = read(options.questions)
    embedder = LocalEmbedder()
    vectors = unit(asyncio.run(embedder.embed([q.text for q in questions])))
    digest = hashlib.sha256(options.questions.read_bytes()).hexdigest()
    fitted = replace(calibrate(questions, vectors, embedder=embedder.id), data_sha256=digest)
    target = options.out or FOLDER / f"{embedder.id}.json"
    target.write_text(fitted.dump(), encoding="utf-8")
    print(f"{table(fitted)}\nstored {target}")  # noqa: T201  # a command prints
    return 0


if __name__ == "__main__":
    sys.exit(main())
