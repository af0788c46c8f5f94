"""Amounts keep questions apart."""

from __future__ import annotations

import pytest

from project.guards.quantities import amounts_agree


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("cancel 3 transfers", "cancel 30 transfers", id="figures"),
        pytest.param("cancel three transfers", "cancel thirty transfers", id="words"),
        pytest.param("cancel three transfers", "cancel 30 transfers", id="words and figures"),
        pytest.param("send 1,000", "send 100", id="thousands"),
        pytest.param("a 3k loan", "a 30k loan", id="k"),
        pytest.param("it weighs 1.5 kg", "it weighs 15 kg", id="decimals"),
        pytest.param("the 1st floor", "the 11th floor", id="ranks"),
        pytest.param("the second row", "the third row", id="spelled ranks"),
        pytest.param("orders over 50", "orders", id="one side only"),
        pytest.param("charged twice", "charged once or three times", id="twice"),
        pytest.param("50 m of rope", "50 ft of rope", id="units"),
        pytest.param("100 dollars", "100 euros", id="money"),
        pytest.param("I paid $50", "I paid £50", id="money signs"),
        pytest.param("usd 50", "eur 50", id="money before"),
        pytest.param("how many hours", "how many days", id="unit words"),
        pytest.param("pay weekly", "pay monthly", id="adverbs"),
        pytest.param("price per metre", "price per roll", id="per unit"),
        pytest.param("requests per second", "requests per day", id="per time"),
        pytest.param("180 degrees celsius", "180 degrees fahrenheit", id="degrees"),
        pytest.param("can I pay in pounds", "can I pay in euros", id="pounds"),
        pytest.param("open at 9 am", "open at 9 pm", id="am and pm"),
        pytest.param("closes at 9", "closes at 21:00", id="24 hours"),
        pytest.param("on 12 June", "on 22 June", id="dates"),
        pytest.param("two orders in one parcel", "one order in two parcels", id="swapped counts"),
        pytest.param("2 adults and 3 kids", "3 adults and 2 kids", id="swapped people"),
        pytest.param("ios 16 update", "ios 17 update", id="versions"),
        pytest.param("3-5 days", "3-7 days", id="ranges"),
        pytest.param("can it take -5", "can it take -25", id="minus"),
        pytest.param("an 80x150 rug", "an 80x200 rug", id="size"),
        pytest.param("stay a night", "stay 2 nights of 3", id="a and two"),
    ],
)
def test_other_amounts_are_other_questions(asked: str, known: str) -> None:
    """A number, a unit or what is counted differs."""
    assert not amounts_agree(asked, known)
    assert not amounts_agree(known, asked)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param("cancel 3 transfers", "cancel three transfers", id="spelled"),
        pytest.param("26 eggs", "twenty-six eggs", id="composed"),
        pytest.param("send 1,000", "send 1000", id="thousands"),
        pytest.param("send 10 000", "send 10,000", id="spaces"),
        pytest.param("30k", "30,000", id="k"),
        pytest.param("half an hour", "30 minutes", id="half"),
        pytest.param("24 hours", "a day", id="day"),
        pytest.param("2 weeks", "14 days", id="weeks"),
        pytest.param("12 months", "one year", id="year"),
        pytest.param("1 kg", "1000 g", id="kilo"),
        pytest.param("$50", "50 dollars", id="money"),
        pytest.param("£5", "5 pounds", id="pound sign"),
        pytest.param("45 lb", "45 pounds", id="pound weight"),
        pytest.param("9 pm", "21:00", id="pm"),
        pytest.param("the 9:30 train", "the 9.30 train", id="clock"),
        pytest.param("the third floor", "the 3rd floor", id="rank"),
        pytest.param("charged twice", "charged two times", id="twice"),
        pytest.param("one item is missing", "an item is missing", id="one is an article"),
        pytest.param("where is my order, bought 3 days ago", "where is my order", id="told"),
        pytest.param("it has been 5 days, where is it", "where is it", id="waiting"),
        pytest.param("opening hours", "opening days", id="opening hours"),
        pytest.param("3 business days", "3 days", id="business days"),
        pytest.param("50 dollars", "50", id="missing unit"),
        pytest.param("one request per second", "1 request each second", id="each second"),
        pytest.param("2-person tent", "two person tent", id="tilde"),
    ],
)
def test_the_same_amount_in_other_words_is_the_same(asked: str, known: str) -> None:
    """Spelling, units and separators do not count."""
    assert amounts_agree(asked, known)
    assert amounts_agree(known, asked)
