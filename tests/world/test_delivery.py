"""Every kind of fault, as the unmodified `openai` package meets it and as the ledger tells it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.world.asking import ASK, Bench, provider

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def served() -> Iterator[Bench]:
    """Serve one provider to all tests of this file."""
    with provider() as bench:
        yield bench


@pytest.fixture
def bench(served: Bench) -> Iterator[Bench]:
    """Give each test a provider without faults and without a past."""
    served.set()
    yield served
    served.set()


def test_a_rate_limit_says_when_to_come_back(bench: Bench) -> None:
    """`retry_after` is sent in whole seconds and in milliseconds, and nothing remains till then."""
    bench.set({"kind": "status", "status": 429, "retry_after": 1.25})
    with pytest.raises(openai.RateLimitError) as refusal:
        bench.ask()
    headers = refusal.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("2", "1250")
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert headers["x-ratelimit-reset-requests"] == "1.25s"
    assert refusal.value.code == "rate_limit_exceeded"


def test_the_package_waits_as_told_and_succeeds(bench: Bench) -> None:
    """The package's own retry honours retry-after-ms."""
    bench.set({"kind": "status", "status": 503, "retry_after": 0.05, "times": 1})
    assert bench.client.with_options(max_retries=1).chat.completions.create(**ASK).choices
    first, second = bench.control.get("/ledger").json()["calls"]
    assert [first["outcome"], second["outcome"]] == ["status", "ok"]
    assert second["at"] - first["at"] >= 0.05


@pytest.mark.parametrize("form", ["plain", "streamed"])
def test_a_reset_is_a_connection_error(bench: Bench, form: str) -> None:
    """A reset breaks the connection before any answer, with a real TCP reset."""
    bench.set({"kind": "reset", "times": 1})
    with pytest.raises(openai.APIConnectionError) as refusal:
        bench.ask(stream=form == "streamed")
    assert "reset" in str(refusal.value.__cause__).lower()
    assert bench.ending() == ("reset", None)


def test_a_hang_is_a_timeout(bench: Bench) -> None:
    """A hanging call is answered never; the caller's own timeout ends it."""
    bench.set({"kind": "hang", "times": 1})
    with pytest.raises(openai.APITimeoutError):
        bench.ask(timeout=0.1)
    assert bench.ending() == ("hang", None)


def test_a_hang_of_some_seconds_ends_without_an_answer(bench: Bench) -> None:
    """A hang with `seconds` closes the connection then."""
    bench.set({"kind": "hang", "seconds": 0.05})
    with pytest.raises(openai.APIConnectionError) as refusal:
        bench.ask(timeout=5)
    assert not isinstance(refusal.value, openai.APITimeoutError)
    assert bench.ending() == ("hang", None)
    assert 0.05 <= bench.last()["seconds"] < 2


@pytest.mark.parametrize("form", ["plain", "streamed"])
def test_a_slow_answer_comes_late_and_whole(bench: Bench, form: str) -> None:
    """A slow answer begins `seconds` late and is a normal answer then."""
    bench.set({"kind": "slow", "seconds": 0.1})
    answer = bench.ask(stream=form == "streamed")
    assert form == "plain" or list(answer)[-1].choices[0].finish_reason == "stop"
    assert bench.ending() == ("ok", 200)
    assert bench.last()["seconds"] >= 0.1


def test_a_caller_who_does_not_wait_is_gone(bench: Bench) -> None:
    """A caller that leaves before the answer is seen, and not billed."""
    bench.set({"kind": "slow", "seconds": 5})
    with pytest.raises(openai.APITimeoutError):
        bench.ask(timeout=0.1)
    assert bench.ending() == ("client_gone", None)
    assert bench.last()["cost_usd"] == "0.000000000"
    assert bench.last()["seconds"] < 2


def test_a_cut_stream_ends_in_the_middle(bench: Bench) -> None:
    """A cut stream sends half of the tokens; the prompt and these are billed."""
    whole = bench.ask().usage.completion_tokens
    bench.set({"kind": "cut"})
    with pytest.raises(openai.APIConnectionError):
        list(bench.texts())
    assert bench.ending() == ("cut", 200)
    assert (bench.last()["tokens_in"], bench.last()["tokens_out"]) == (4 + 5 + 2, whole // 2)


def test_the_first_half_of_a_cut_stream_arrives(bench: Bench) -> None:
    """What was sent before the cut can be read."""
    bench.set({"kind": "cut"})
    arrived: list[str] = []
    with pytest.raises(openai.APIConnectionError):
        arrived.extend(bench.texts())
    assert arrived[:4] == ["", "This", " is", " a"]
    assert len(arrived) - 1 == bench.last()["tokens_out"]


def test_a_cut_plain_answer_is_a_connection_error(bench: Bench) -> None:
    """A plain answer cut in the middle of its body is no answer, and free."""
    bench.set({"kind": "cut"})
    with pytest.raises(openai.APIConnectionError):
        bench.ask()
    assert bench.ending() == ("cut", 200)
    assert bench.last()["cost_usd"] == "0.000000000"


@pytest.mark.parametrize(
    "rule", [{"kind": "reset"}, {"kind": "cut"}, {"kind": "hang", "seconds": 0}]
)
def test_a_fault_on_purpose_is_no_crash(
    bench: Bench, caplog: pytest.LogCaptureFixture, rule: dict[str, Any]
) -> None:
    """A broken connection leaves no complaint in the server's own log."""
    bench.set(rule)
    with pytest.raises(openai.APIConnectionError):
        bench.ask()
    assert bench.last()["outcome"] == rule["kind"]
    assert [record.message for record in caplog.records if record.name == "uvicorn.error"] == []


def test_broken_json_is_a_200_that_cannot_be_read(bench: Bench) -> None:
    """Half of a JSON body arrives with status 200 and a right length; it is free."""
    bench.set({"kind": "broken_json", "times": 1})
    with pytest.raises(json.JSONDecodeError):
        bench.ask()
    assert bench.ending() == ("broken_json", 200)
    assert bench.last()["cost_usd"] == "0.000000000"
    assert bench.ask().choices


def test_one_chunk_of_a_stream_is_broken_json(bench: Bench) -> None:
    """A streamed answer has one chunk that cannot be read."""
    bench.set({"kind": "broken_json"})
    with pytest.raises(json.JSONDecodeError):
        list(bench.ask(stream=True))
    assert bench.ending() == ("broken_json", 200)


def test_embeddings_meet_faults_too(bench: Bench) -> None:
    """The same rules hold for embeddings."""
    bench.set({"kind": "reset", "model": "text-embedding-3-small"})
    with pytest.raises(openai.APIConnectionError):
        bench.client.embeddings.create(model="text-embedding-3-small", input="hello")
    assert bench.last()["path"] == "/v1/embeddings"
    assert bench.ask().choices


def test_a_refused_call_uses_no_rule_up(bench: Bench) -> None:
    """A rule waits for a call that would have been answered."""
    bench.set({"kind": "status", "status": 500, "times": 1})
    with pytest.raises(openai.BadRequestError):
        bench.ask(temperature=9)
    with pytest.raises(openai.InternalServerError):
        bench.ask()
