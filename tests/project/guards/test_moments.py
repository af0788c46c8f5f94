"""Times keep questions apart."""

from __future__ import annotations

import pytest

from project.guards.moments import moments_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("open on Monday", "open on Friday", id="weekdays"),
        pytest.param("open on weekdays", "open at the weekend", id="weekday or weekend"),
        pytest.param("weather in June", "weather in July", id="months"),
        pytest.param("report for Jan", "report for Feb", id="short month"),
        pytest.param("is it warm in May", "is it warm in March", id="may"),
        pytest.param("the 5 may flight", "the 5 june flight", id="may and a number"),
        pytest.param("the weather today", "the weather tomorrow", id="relative"),
        pytest.param("my salary came yesterday", "my salary comes tomorrow", id="past and future"),
        pytest.param("on Monday morning", "on Monday evening", id="daytime"),
        pytest.param("is it staffed at night", "is it staffed at noon", id="night"),
        pytest.param("open on Easter Sunday", "open on Easter Monday", id="feasts"),
        pytest.param("a gift for Christmas", "a gift for Valentine", id="feast only"),
        pytest.param("the news this week", "the news next week", id="this and next"),
        pytest.param("same day delivery", "next day delivery", id="same and next"),
        pytest.param("do you deliver", "do you deliver on Sunday", id="one side only"),
        pytest.param("is it open in winter", "is it open in summer", id="season"),
    ],
)
def test_other_times_are_other_questions(asked: str, known: str) -> None:
    """A day, a month, a season or a part of the day differs."""
    assert not moments_agree(asked, known)
    assert not moments_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("open on MONDAY", "open on monday", id="case"),
        pytest.param("open Mondays", "open on Monday", id="plural"),
        pytest.param("open on mon", "open on monday", id="short"),
        pytest.param("open on Saturday", "open at the weekend", id="weekend"),
        pytest.param("I ordered on Monday, where is it", "where is it", id="told"),
        pytest.param(
            "can I cancel what I ordered today", "can I cancel what I ordered", id="today"
        ),
        pytest.param("may I return it", "can I return it", id="may I"),
        pytest.param("can we march on", "can we go on", id="march on"),
        pytest.param("good morning, where is it", "where is it", id="good morning"),
        pytest.param("set it for 7 in the morning", "set it for 7 am", id="hour"),
        pytest.param("the price per night", "the price", id="per night"),
        pytest.param("I paid last week, where is it", "I paid, where is it", id="last week"),
        pytest.param("i am 5", "i was 5", id="i am"),
        pytest.param("open on good friday", "open on friday", id="good friday"),
    ],
)
def test_the_same_time_is_the_same(asked: str, known: str) -> None:
    """And what only tells of the past does not count."""
    assert moments_agree(asked, known)
    assert moments_agree(known, asked)
