"""One call from its arrival to the ledger: quota, brown-out, pace, bills, and who went away."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

import openai
import pytest

from tests.world.asking import ASK, KEY, MODEL, AsyncBench, StillClock
from world.prices import cost_nano, usd
from world.provider import Provider
from world.server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MODELS_AND_N = [("gpt-4o-mini", 1), ("gpt-4.1", 3), ("gpt-4o", 2)]


@pytest.fixture
async def bench() -> AsyncIterator[AsyncBench]:
    """Serve a provider whose clock stands still."""
    clock = StillClock()
    with serve([Provider(key=KEY, workload=None, clock=clock)]) as url:
        bench = AsyncBench(url, clock)
        async with bench.control, bench.client:
            yield bench


async def test_a_call_over_the_quota_is_refused(bench: AsyncBench) -> None:
    """Of five calls in a second three pass, and two are told to wait one second."""
    await bench.limit(quota_per_second=3)
    assert await bench.at_once(5) == ["ChatCompletion"] * 3 + ["RateLimitError"] * 2
    assert [call["status"] for call in await bench.calls()].count(429) == 2
    with pytest.raises(openai.RateLimitError) as refusal:
        await bench.ask()
    headers = refusal.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("1", "1000")
    assert refusal.value.code == "rate_limit_exceeded"


async def test_a_call_after_the_wait_passes(bench: AsyncBench) -> None:
    """A caller that waits as told is admitted."""
    await bench.limit(quota_per_second=1)
    await bench.ask()
    bench.clock.now += 0.4
    with pytest.raises(openai.RateLimitError) as refusal:
        await bench.ask()
    bench.clock.now += int(refusal.value.response.headers["retry-after-ms"]) / 1_000
    assert (await bench.ask()).choices


async def test_the_rate_limit_headers_are_true(bench: AsyncBench) -> None:
    """With a quota the headers count its places down."""
    await bench.limit(quota_per_second=5)
    seen = []
    for _ in range(3):
        raw = await bench.client.chat.completions.with_raw_response.create(**ASK)
        seen.append(raw.headers["x-ratelimit-remaining-requests"])
    assert seen == ["4", "3", "2"]
    assert raw.headers["x-ratelimit-limit-requests"] == "5"
    assert raw.headers["x-ratelimit-reset-requests"] == "1s"


async def test_a_brown_out_slows_calls_beyond_the_concurrency(bench: AsyncBench) -> None:
    """Eight calls at once on a concurrency of two take up to four times as long, and all end."""
    await bench.limit(concurrency=2, latency_seconds=0.1)
    assert await bench.at_once(8) == ["ChatCompletion"] * 8
    seconds = sorted(call["seconds"] for call in await bench.calls())
    assert seconds[-1] > 2 * seconds[0]


async def test_tokens_take_their_time(bench: AsyncBench) -> None:
    """A plain answer waits for all of its tokens, a stream for each."""
    await bench.limit(seconds_per_token=0.005)
    plain = await bench.ask()
    pauses = [chunk async for chunk in await bench.ask(stream=True)]
    tokens = plain.usage.completion_tokens
    assert len(pauses) == 1 + tokens + 1
    assert all(tokens * 0.005 <= call["seconds"] < 2 for call in await bench.calls())


async def test_a_caller_who_leaves_a_stream_pays_what_was_sent(bench: AsyncBench) -> None:
    """A stream that its caller closes is billed for the prompt and the tokens sent."""
    await bench.limit(seconds_per_token=0.1)
    stream = await bench.ask(stream=True)
    async for chunk in stream:
        if chunk.choices[0].delta.content == " a":
            break
    await stream.close()
    (call,) = await bench.calls()
    assert (call["outcome"], call["status"], call["tokens_in"]) == ("client_gone", 200, 11)
    assert 3 <= call["tokens_out"] < 20  # of 34: the caller left after the third
    expected = cost_nano(MODEL, tokens_in=11, tokens_out=call["tokens_out"])
    assert call["cost_usd"] == usd(expected)


async def test_a_caller_who_leaves_early_frees_its_place(bench: AsyncBench) -> None:
    """A call whose caller left is no longer in progress."""
    await bench.limit(latency_seconds=0.1, concurrency=1)
    with pytest.raises(openai.APITimeoutError):
        await bench.ask(timeout=0.05)
    assert (await bench.calls())[0]["outcome"] == "client_gone"
    await bench.ask()
    assert (await bench.calls())[1]["seconds"] < 0.2


async def test_a_caller_who_leaves_within_its_request_is_gone(bench: AsyncBench) -> None:
    """A request that ends in the middle of its body is in the ledger, and free."""
    url = bench.control.base_url
    _, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    while not (calls := await bench.calls()):
        pass  # the provider has not accepted the connection yet
    assert (calls[0]["outcome"], calls[0]["status"]) == ("client_gone", None)


async def test_the_ledger_adds_up_to_the_callers_usage(bench: AsyncBench) -> None:
    """Tokens and costs of the ledger are the sums of what the callers were told."""
    usages = [(await bench.ask(model=model, n=n)).usage for model, n in MODELS_AND_N]
    read = sum(usage.prompt_tokens for usage in usages)
    written = sum(usage.completion_tokens for usage in usages)
    calls = await bench.calls()
    assert (sum(c["tokens_in"] for c in calls), sum(c["tokens_out"] for c in calls)) == (
        read,
        written,
    )
    nanos = [
        cost_nano(model, tokens_in=usage.prompt_tokens, tokens_out=usage.completion_tokens)
        for (model, _), usage in zip(MODELS_AND_N, usages, strict=True)
    ]
    assert sum(Decimal(call["cost_usd"]) for call in calls) == Decimal(usd(sum(nanos)))


async def test_a_streamed_call_costs_what_the_plain_one_does(bench: AsyncBench) -> None:
    """The form of an answer does not change its price."""
    await bench.ask()
    async for _ in await bench.ask(stream=True):
        pass
    plain, streamed = await bench.calls()
    assert plain["cost_usd"] == streamed["cost_usd"] != "0.000000000"
    assert (plain["stream"], streamed["stream"]) == (False, True)


async def test_embeddings_are_entered_and_billed(bench: AsyncBench) -> None:
    """An embedding has input tokens only."""
    answer = await bench.client.embeddings.create(model="text-embedding-3-small", input="hello you")
    (call,) = await bench.calls()
    assert (call["path"], call["tokens_in"], call["tokens_out"]) == (
        "/v1/embeddings",
        answer.usage.prompt_tokens,
        0,
    )
    assert call["cost_usd"] == "0.000000040"


async def test_a_call_is_tied_to_its_trace_and_its_request(bench: AsyncBench) -> None:
    """The ledger keeps the caller's trace id, its request id, and the time of the arrival."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "X-Request-Id": "r-1"}
    raw = await bench.client.chat.completions.with_raw_response.create(**ASK, extra_headers=headers)
    (call,) = await bench.calls()
    assert (call["trace_id"], call["attempt_of"], call["at"]) == (trace, "r-1", 1_000.0)
    assert call["request_id"] == raw.request_id


@pytest.mark.parametrize("traceparent", ["", "nonsense", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
async def test_a_broken_traceparent_is_none(bench: AsyncBench, traceparent: str) -> None:
    """A malformed or empty trace is no trace."""
    await bench.ask(extra_headers={"traceparent": traceparent})
    assert (await bench.calls())[0]["trace_id"] is None


async def test_a_refused_call_is_in_the_ledger_and_free(bench: AsyncBench) -> None:
    """Invalid calls are seen, named, and cost nothing."""
    with pytest.raises(openai.NotFoundError):
        await bench.ask(model="gpt-0")
    with pytest.raises(openai.AuthenticationError):
        await bench.client.with_options(api_key="sk-wrong").chat.completions.create(**ASK)
    ends = [(call["outcome"], call["status"], call["model"]) for call in await bench.calls()]
    assert ends == [("invalid", 404, "gpt-0"), ("invalid", 401, None)]
    assert {call["cost_usd"] for call in await bench.calls()} == {"0.000000000"}
