"""A cosine becomes the probability that two questions have the same answer."""

from __future__ import annotations

import hashlib
import itertools
import random

import pytest

from project.calibration import Calibration, Rate, fit, shipped
from project.embeddings import LocalEmbedder
from world.workloads import PUBLIC

CURVE = Calibration("toy", "", (0.2, 0.6, 0.8), (0.1, 0.5, 0.9))


@pytest.mark.parametrize(
    ("cosine", "similarity"),
    [(-1.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.7, 0.7), (0.8, 0.9), (1.0, 0.9)],
)
def test_a_cosine_is_read_off_the_curve(cosine: float, similarity: float) -> None:
    """Between the knots the curve is a line, outside them it is flat."""
    assert CURVE(cosine) == pytest.approx(similarity)


@pytest.mark.parametrize("similarity", [0.1, 0.3, 0.5, 0.75, 0.9])
def test_a_threshold_is_the_least_cosine_that_reaches_it(similarity: float) -> None:
    """At the threshold the similarity is reached, just below it is not."""
    least = CURVE.cosine_at(similarity)
    assert CURVE(least) == pytest.approx(similarity)
    assert least == CURVE.cosines[0] or CURVE(least - 0.01) < similarity


def test_a_similarity_that_no_cosine_promises_is_never_reached() -> None:
    """More than the data can promise means: exact repeats only."""
    assert CURVE.cosine_at(0.95) > 1


def test_the_fit_never_falls() -> None:
    """Whatever the labels, a greater cosine is never less similar."""
    draw = random.Random(5)
    pairs = [(draw.random(), draw.random() < 0.5) for _ in range(2000)]
    _, similarities = fit(pairs)
    assert all(low <= high for low, high in itertools.pairwise(similarities))


def test_the_fit_finds_the_probability_behind_the_labels() -> None:
    """Labels drawn with probability = cosine give a curve near the diagonal."""
    draw = random.Random(5)
    pairs = [(c, draw.random() < c) for c in (draw.random() for _ in range(20_000))]
    fitted = Calibration("toy", "", *map(tuple, fit(pairs)))  # type: ignore[arg-type]  # two lists
    assert all(abs(fitted(c) - c) < 0.06 for c in (0.2, 0.4, 0.6, 0.8))


def test_few_labels_never_promise_certainty() -> None:
    """Five neighbours that were right are no proof of a sixth."""
    _, similarities = fit([(0.9, True)] * 5, bins=1)
    assert similarities == [pytest.approx(5 / 6, abs=1e-4)]


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [(Rate(0, 0), 0.0, 1.0), (Rate(0, 100), 0.0, 0.037), (Rate(50, 100), 0.404, 0.596)],
)
def test_a_rate_knows_how_sure_it_is(rate: Rate, low: float, high: float) -> None:
    """The interval is Wilson's; the figures are from his formula worked by hand."""
    assert list(rate.interval()) == pytest.approx([low, high], abs=1e-3)


def test_a_calibration_survives_its_file() -> None:
    """What is stored is what is read."""
    calibration = shipped(LocalEmbedder.id)
    assert calibration is not None
    assert Calibration.parse(calibration.dump()) == calibration


def test_the_shipped_calibration_belongs_to_the_public_workload() -> None:
    """When the workload changes, `python -m project.calibrate` has to run again."""
    calibration = shipped(LocalEmbedder.id)
    assert calibration is not None
    assert calibration.data_sha256 == hashlib.sha256(PUBLIC.read_bytes()).hexdigest()


def test_the_default_keeps_what_the_course_promises() -> None:
    """At 0.95, on intents the fit never saw: at least 20 % hits, at most 3 % of them wrong."""
    calibration = shipped(LocalEmbedder.id)
    assert calibration is not None
    (level,) = (v for v in calibration.levels if v.similarity == 0.95)
    assert level.hits.share >= 0.20
    assert level.wrong.share <= 0.03


def test_an_unknown_embedder_has_none() -> None:
    """There is no curve for an embedder that nobody calibrated."""
    assert shipped("somebody-elses") is None
