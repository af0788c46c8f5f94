"""What a provider asks to be waited, in each of its spellings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from project.patterns.retry import now_utc, retry_after

NOON = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "Thu, 05 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 05 Nov 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "Thu, 05 Nov 2026 14:00:30 +0200"}, 30.0),
        ({"retry-after": "Thu, 05 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Thu, 05 Nov 2026 12:00:99999999999999999999 GMT"}, None),
        ({"retry-after": "Thu, 99 Nov 2026 12:00:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_retry_after_has_three_spellings(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds, seconds and an HTTP date are read; what cannot be read is no header."""
    assert retry_after(headers, NOON) == seconds


def test_a_date_is_compared_with_the_time_in_utc() -> None:
    """The clock for it knows its zone."""
    assert now_utc().tzinfo is UTC
    assert abs((now_utc() - datetime.now(UTC)).total_seconds()) < 1
