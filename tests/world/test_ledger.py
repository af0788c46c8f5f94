"""The ledger: what was billed, and bounded memory."""

from __future__ import annotations

from dataclasses import replace

from world.ledger import Call, Ledger

CALL = Call(
    at=1.5,
    path="/v1/chat/completions",
    model="gpt-4o-mini",
    tokens_in=100,
    tokens_out=10,
    outcome="ok",
    status=200,
    trace_id="ab" * 16,
    attempt_of="mine",
    request_id="req_1",
    stream=False,
    seconds=0.25,
)


def test_a_call_is_shown_with_its_cost() -> None:
    """The ledger's JSON has every agreed field, the cost as a decimal string."""
    agreed = {
        "at": 1.5,
        "path": "/v1/chat/completions",
        "model": "gpt-4o-mini",
        "tokens_in": 100,
        "tokens_out": 10,
        "cost_usd": "0.000021000",
        "outcome": "ok",
        "status": 200,
        "trace_id": "ab" * 16,
        "attempt_of": "mine",
    }
    assert agreed.items() <= CALL.as_json().items()


def test_a_call_of_no_model_is_free() -> None:
    """A call that failed before its model was known, or whose model has no price, costs nothing."""
    unknown = replace(CALL, model="gpt-0", tokens_in=0, tokens_out=0, outcome="invalid")
    assert replace(unknown, model=None).cost_nano == unknown.cost_nano == 0


def test_since_skips_what_was_read() -> None:
    """Reading from `ended` on gives only later calls."""
    ledger = Ledger()
    ledger.add(CALL)
    seen = ledger.ended
    ledger.add(replace(CALL, at=2.5))
    assert [call.at for call in ledger.calls(seen)] == [2.5]
    assert ledger.calls(99) == []


def test_the_oldest_calls_are_dropped_at_the_cap() -> None:
    """Memory is bounded, and `since` still counts from the first call ever."""
    ledger = Ledger(keep=3)
    for i in range(5):
        ledger.add(replace(CALL, at=float(i)))
    assert [call.at for call in ledger.calls()] == [2.0, 3.0, 4.0]
    assert [call.at for call in ledger.calls(4)] == [4.0]
    assert len(ledger) == 3
    assert ledger.ended == 5


def test_clear_begins_anew() -> None:
    """A cleared ledger is empty and counts from zero."""
    ledger = Ledger()
    ledger.add(CALL)
    ledger.clear()
    assert (ledger.calls(), ledger.ended) == ([], 0)
