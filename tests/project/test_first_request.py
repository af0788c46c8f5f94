"""A request's whole life, over real HTTP, with the unmodified `openai` package as the client."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import openai
import pytest

from tests.project.running import Api, Place, api, place

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = "Do I have to pay the return postage myself?"
PARAPHRASE = "Do I have to pay the return postage myself??"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(scope="module")
def somewhere() -> Iterator[Place]:
    """One Redis and one world for this file."""
    with place() as found:
        yield found


@pytest.fixture(scope="module")
def running(somewhere: Place) -> Iterator[Api]:
    """One API for the tests that change no setting."""
    with api(somewhere) as started:
        yield started


@pytest.fixture(autouse=True)
def fresh(somewhere: Place) -> None:
    """Forget what earlier tests did."""
    somewhere.reset()


def test_the_openai_package_gets_an_answer(running: Api) -> None:
    """A client that knows only the base URL and a key is answered."""
    reply = running.client().chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}]
    )
    assert "[return_cost]" in (reply.choices[0].message.content or "")


def test_a_repeat_is_exact_and_costs_nothing(running: Api) -> None:
    """The same question again is answered without the provider."""
    first, second = running.ask(QUESTION), running.ask(QUESTION)
    assert first.headers["x-cache"] == "miss"
    assert second.headers["x-cache"] == "exact"
    assert second.headers["x-cost-usd"] == "0.00"
    assert second.json() == first.json()
    assert len(running.place.world.ledger()) == 1


def test_a_paraphrase_is_semantic(running: Api) -> None:
    """Nearly the same words are answered from the cache, and say how near they were."""
    running.ask(QUESTION)
    reply = running.ask(PARAPHRASE)
    assert reply.headers["x-cache"] == "semantic"
    assert float(reply.headers["x-cache-similarity"]) >= 0.95
    assert len(running.place.world.ledger()) == 1


def test_another_number_is_another_question(running: Api) -> None:
    """A look-alike that differs in a number is not answered from the cache."""
    running.ask("My basket comes to $38, do I pay postage on that")
    reply = running.ask("My basket comes to $380, do I pay postage on that")
    assert reply.headers["x-cache"] == "miss"


def test_tenants_do_not_share_answers(running: Api) -> None:
    """What one tenant asked is a miss for another."""
    running.ask(QUESTION, who="pro")
    assert running.ask(QUESTION, who="other").headers["x-cache"] == "miss"


def test_the_bill_equals_the_ledger(running: Api) -> None:
    """What an answer cost is what the provider charged for it."""
    reply = running.ask("are returns free")
    (call,) = running.place.world.ledger()
    assert float(reply.headers["x-cost-usd"]) == float(call["cost_usd"]) > 0


def test_no_store_is_neither_kept_nor_answered(running: Api) -> None:
    """A caller that wants nothing kept reaches the provider each time."""
    private = {"Cache-Control": "no-store"}
    seen = [running.ask(QUESTION, headers=private).headers["x-cache"] for _ in range(2)]
    assert seen == ["bypass", "bypass"]
    assert len(running.place.world.ledger()) == 2


def test_the_eleventh_request_of_a_minute_waits(running: Api) -> None:
    """A free key gets ten answers a minute; the eleventh is told how long to wait."""
    replies = [running.ask(QUESTION, who="free") for _ in range(11)]
    assert [r.status_code for r in replies] == [200] * 10 + [429]
    refused = replies[-1]
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert 50 <= int(refused.headers["retry-after"]) <= 61
    assert refused.headers["ratelimit-policy"].startswith('"requests-60";q=10;w=60, ')
    assert refused.headers["ratelimit"].startswith('"requests-60";r=0;t=')


def test_waiting_as_long_as_told_admits(somewhere: Place) -> None:
    """A refused caller that waits for Retry-After is served, and its refusals cost it nothing."""
    with api(somewhere, RATE_LIMITS="free=3/1,100/60;pro=100/1") as quick:
        replies = [quick.ask(QUESTION, who="free") for _ in range(6)]
        assert [r.status_code for r in replies] == [200] * 3 + [429] * 3
        time.sleep(int(replies[-1].headers["retry-after"]))
        again = quick.ask(QUESTION, who="free")
        assert again.status_code == 200
        assert '"requests-60";r=96;' in again.headers["ratelimit"]


def test_the_openai_package_raises_its_own_rate_limit_error(running: Api) -> None:
    """A refusal is the exception that clients of OpenAI already handle."""
    for _ in range(10):
        running.ask(QUESTION, who="free")
    with pytest.raises(openai.RateLimitError) as refused:
        running.client("free").chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}]
        )
    assert refused.value.code == "rate_limit_exceeded"


def test_a_stream_arrives_in_pieces_with_its_cost(running: Api) -> None:
    """A streamed answer is relayed piece by piece; its last event carries usage and cost."""
    chunks = list(
        running.client().chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks)
    (call,) = running.place.world.ledger()
    assert "[return_cost]" in text
    assert len(chunks) > 10
    assert chunks[-1].usage is not None
    assert float(chunks[-1].usage.cost_usd) == float(call["cost_usd"])  # type: ignore[attr-defined]  # ours


def test_a_streamed_answer_is_replayed_from_the_cache(running: Api) -> None:
    """The second stream of a question is the same text, without the provider."""
    texts = []
    for _ in range(2):
        stream = running.client().chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
        texts.append("".join(chunk.choices[0].delta.content or "" for chunk in stream))
    assert texts[0] == texts[1] != ""
    assert len(running.place.world.ledger()) == 1


def test_a_caller_that_hangs_up_pays_for_what_was_sent(running: Api) -> None:
    """Leaving a stream in the middle does not make it free."""
    stream = running.client().chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    next(iter(stream))
    stream.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        costs = running.admin("/admin/snapshot").json()["cost_usd"]
        if costs["total"] != "0.00":
            break
        time.sleep(0.02)
    assert float(costs["by_tenant"]["pro"]) > 0


def test_two_failures_are_retried(running: Api) -> None:
    """A provider that fails twice and then answers gives the caller an answer."""
    running.place.world.faults({"kind": "status", "status": 500, "times": 2})
    reply = running.ask(QUESTION)
    assert reply.status_code == 200
    assert reply.headers["x-attempts"] == "3"
    assert running.place.world.sentry_events() == []


def test_a_final_failure_is_a_503_and_one_event(somewhere: Place) -> None:
    """A provider that only fails gives 503 and one Sentry event in the caller's trace."""
    with api(somewhere) as failing:  # its own process, whose breaker nobody else meets
        somewhere.world.faults({"kind": "status", "status": 500})
        trace = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}
        reply = failing.ask(QUESTION, headers=trace)
    assert reply.status_code == 503
    assert reply.json()["error"]["code"] == "provider_unavailable"
    assert int(reply.headers["retry-after"]) >= 1
    (event,) = somewhere.world.sentry_events()
    assert event["contexts"]["trace"]["trace_id"] == TRACE_ID
    assert event["tags"]["request_id"] == reply.headers["x-request-id"]
    assert {call["trace_id"] for call in somewhere.world.ledger()} == {TRACE_ID}


def test_a_refusal_of_the_provider_passes_through(running: Api) -> None:
    """What the provider will not do, it says itself, once."""
    reply = running.ask(QUESTION, temperature=99)
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "temperature"
    assert len(running.place.world.ledger()) == 1


def test_a_budget_refuses_what_it_cannot_cover(somewhere: Place) -> None:
    """A call whose worst case does not fit is refused with 402 before the provider is asked."""
    with api(somewhere, BUDGETS="pro=0.0001/day") as poor:
        reply = poor.ask(QUESTION, max_tokens=1000)
        served = poor.ask(QUESTION, max_tokens=20)
    assert (reply.status_code, reply.json()["error"]["code"]) == (402, "budget_exceeded")
    assert served.status_code == 200
    assert len(somewhere.world.ledger()) == 1


def test_embeddings_are_answered_and_billed(running: Api) -> None:
    """The embeddings route speaks OpenAI's words too."""
    reply = running.client().embeddings.create(model="text-embedding-3-small", input=QUESTION)
    assert math.isclose(sum(x * x for x in reply.data[0].embedding), 1, rel_tol=1e-3)


def test_models_are_those_with_a_price(running: Api) -> None:
    """Who may call sees what may be called."""
    assert "gpt-4o-mini" in {model.id for model in running.client().models.list()}


def test_every_worker_reads_the_same_numbers(somewhere: Place) -> None:
    """The snapshot counts the requests of all workers, whoever is asked."""
    with api(somewhere, workers=2) as pair:
        for n in range(12):
            with openai.OpenAI(
                base_url=f"{pair.url}/v1", api_key="key-pro", max_retries=0
            ) as client:  # a connection of its own, so that both workers are met
                client.chat.completions.create(
                    model="gpt-4o-mini", messages=[{"role": "user", "content": f"question {n}"}]
                )
        counts = [pair.admin("/admin/snapshot").json()["requests"]["miss"] for _ in range(4)]
    assert counts == [12] * 4


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/admin/snapshot"])
def test_admin_routes_want_the_token(running: Api, path: str) -> None:
    """Nobody reads the numbers without ADMIN_TOKEN."""
    assert running.http.get(path).status_code == 401
    assert running.admin(path).status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_is_open(running: Api, path: str) -> None:
    """Probes need no key."""
    assert running.http.get(path).json()["status"] == "ok"
