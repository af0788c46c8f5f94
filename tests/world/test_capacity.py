"""The quota's sliding window and the latency under load, without a clock."""

from __future__ import annotations

import pytest

from world.capacity import Quota, duration, jitter, load_factor, pace_of
from world.faults import Capacity


def admitted(quota: Quota, *times: float) -> str:
    """Write `o` for each call that is let through and `x` for each refused one."""
    return "".join("x" if quota.admit(now).wait_seconds else "o" for now in times)


def test_without_a_quota_everything_passes() -> None:
    """No quota refuses nothing and says so in its numbers."""
    quota = Quota(None)
    assert admitted(quota, *[0.0] * 100) == "o" * 100
    assert quota.state(0.0).remaining == quota.state(0.0).limit


def test_a_burst_passes_up_to_the_limit() -> None:
    """At one moment exactly the quota passes."""
    assert admitted(Quota(3), *[10.0] * 5) == "oooxx"


def test_the_window_slides() -> None:
    """A place is free one second after it was taken, not at the turn of a second."""
    assert admitted(Quota(2), 0.0, 0.7, 0.9, 1.0, 1.6, 1.7) == "ooxoxo"


def test_a_refused_call_takes_no_place() -> None:
    """Callers that come too early do not push the next place away."""
    assert admitted(Quota(1), 0.0, 0.5, 0.9, 1.0) == "oxxo"


def test_waiting_as_told_is_enough() -> None:
    """A refused caller that waits `wait_seconds` is admitted."""
    quota = Quota(2)
    admitted(quota, 0.0, 0.25)
    wait = quota.admit(0.5).wait_seconds
    assert wait == 0.5
    assert admitted(quota, 0.5 + wait) == "o"


def test_the_numbers_count_down() -> None:
    """The state tells the limit, what remains, and when all of it is back."""
    quota = Quota(3)
    assert [quota.admit(now).remaining for now in (0.0, 0.0, 0.0, 0.0)] == [2, 1, 0, 0]
    assert quota.state(0.25).reset_seconds == 0.75
    assert quota.state(1.0).remaining == 3


def test_a_broken_quota_keeps_its_rate() -> None:
    """Half a call a second is one call in two seconds; 2.5 are 2 in 0.8 s."""
    assert admitted(Quota(0.5), 0.0, 1.9, 2.0) == "oxo"
    assert admitted(Quota(2.5), 0.0, 0.0, 0.7, 0.8) == "ooxo"


@pytest.mark.parametrize(
    ("in_progress", "concurrency", "factor"),
    [(100, None, 1.0), (1, 4, 1.0), (4, 4, 1.0), (8, 4, 2.0), (100, 4, 25.0)],
)
def test_load_slows_beyond_the_concurrency(
    in_progress: int, concurrency: float | None, factor: float
) -> None:
    """Up to the concurrency nothing is slower; beyond it everything is, in proportion."""
    assert load_factor(in_progress, concurrency=concurrency) == factor


def test_zero_latency_waits_not_at_all() -> None:
    """The default capacity answers at once, whatever the load."""
    assert pace_of(Capacity(), 1_000, seed=5, number=1) == (0.0, 0.0)


def test_latency_is_seeded() -> None:
    """The same seed gives the same latencies, and another seed others."""
    capacity = Capacity(latency_seconds=1.0)
    paces = [pace_of(capacity, 1, seed=seed, number=7).first_seconds for seed in (5, 5, 6)]
    assert paces[0] == paces[1] != paces[2]


def test_latency_scales_with_the_load() -> None:
    """Twice the concurrency in progress doubles the first token's time and every token's."""
    capacity = Capacity(concurrency=2, latency_seconds=1.0, seconds_per_token=0.1)
    calm, busy = (pace_of(capacity, n, seed=5, number=7) for n in (2, 4))
    assert busy.first_seconds == pytest.approx(2 * calm.first_seconds)
    assert busy.token_seconds == pytest.approx(0.2)


def test_jitter_is_small_and_centred() -> None:
    """Latencies vary by about a tenth around their middle."""
    factors = sorted(jitter(5, number) for number in range(500))
    assert factors[250] == pytest.approx(1.0, abs=0.02)
    assert 0.6 < factors[0] < factors[-1] < 1.6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.0004, "1ms"), (0.12, "120ms"), (1, "1s"), (1.5, "1.5s"), (90, "1m30s")],
)
def test_durations_are_written_as_openai_does(seconds: float, text: str) -> None:
    """Reset headers carry a unit and never round down to nothing."""
    assert duration(seconds) == text
