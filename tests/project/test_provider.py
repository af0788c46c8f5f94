"""The call to the provider over real HTTP: bytes in, bytes out, every failure translated once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from project.patterns.retry import Failure
from project.provider import (
    EventStream,
    Misconfigured,
    ProviderError,
    Refused,
    Transient,
    classify,
    error_for,
)
from tests.project.calling import CHAT, HEADERS, HELLO, KEY, connected, post, stream
from world.faults import Rule
from world.provider import Provider as StandIn
from world.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stand_in() -> StandIn:
    """Give a provider whose faults a test sets."""
    return StandIn(key=KEY, workload=None)


@pytest.fixture
def base_url(stand_in: StandIn) -> Iterator[str]:
    """Serve it."""
    with serve([stand_in]) as url:
        yield f"{url}/v1"


async def test_an_answer_is_the_providers_bytes(base_url: str, stand_in: StandIn) -> None:
    """Bytes and body are one, and the trace is passed on."""
    async with connected(base_url) as provider:
        answer = await provider.post(CHAT, orjson.dumps(HELLO), headers=HEADERS)
    assert orjson.loads(answer.raw) == answer.body
    assert answer.body["object"] == "chat.completion"
    (call,) = stand_in.ledger.calls(0)
    assert call.as_json()["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


async def test_a_stream_is_its_events(base_url: str) -> None:
    """From the first to the one before [DONE]."""
    async with connected(base_url) as provider:
        received = await stream(provider)
    assert received[0]["choices"][0]["delta"]["role"] == "assistant"
    assert received[-1]["choices"][0]["finish_reason"] == "stop"


SICK = (Transient, Failure(retryable=True))
FINAL = (Misconfigured, Failure(retryable=False, sick=False))


@pytest.mark.parametrize("call", [post, stream])
@pytest.mark.parametrize(
    ("rule", "end"),
    [
        (Rule("status", 500), SICK),
        (Rule("status", 503, retry_after=2), (Transient, Failure(True, True, 2.0))),
        (Rule("status", 429, retry_after=3), (Transient, Failure(True, False, 3.0))),
        (Rule("status", 429, code="insufficient_quota"), FINAL),
        (Rule("reset"), SICK),
        (Rule("broken_json"), SICK),
    ],
    ids=["500", "503", "429", "quota", "reset", "broken"],
)
async def test_a_failure_says_what_it_means(
    base_url: str, stand_in: StandIn, call: Any, rule: Rule, end: tuple[type, Failure]
) -> None:
    """Whether to try again, when, and whether the provider is sick: whole and streamed alike."""
    stand_in.set_faults([rule])
    async with connected(base_url) as provider:
        with pytest.raises(ProviderError) as caught:
            await call(provider)
    assert (type(caught.value), caught.value.failure) == end
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "body", "kind"),
    [("wrong", HELLO, Misconfigured), (KEY, {**HELLO, "model": "none"}, Refused)],
)
async def test_what_no_attempt_can_mend_is_final(
    base_url: str, key: str, body: dict[str, Any], kind: type[ProviderError]
) -> None:
    """A key that is refused is ours to mend, a request that is refused the caller's."""
    async with connected(base_url, key=key) as provider:
        with pytest.raises(kind) as caught:
            await post(provider, body)
    assert not caught.value.failure.retryable


async def test_a_stream_that_is_cut_is_an_error_where_it_is_cut(
    base_url: str, stand_in: StandIn
) -> None:
    """What came before is there; the end is not taken for the end of the answer."""
    stand_in.set_faults([Rule("cut")])
    received = []

    async def read(opened: EventStream) -> None:
        async with opened as events:
            async for event in events:
                received.append(event)  # noqa: PERF401  # what came before the cut must be kept

    async with connected(base_url) as provider:
        body = orjson.dumps({**HELLO, "stream": True})
        with pytest.raises(Transient):
            await read(await provider.open(CHAT, body, headers={}))
    assert received


async def test_a_provider_that_hangs_is_left(base_url: str, stand_in: StandIn) -> None:
    """The time to read is bounded."""
    stand_in.set_faults([Rule("hang")])
    async with connected(base_url, read_seconds=0.05) as provider:
        for call in (post, stream):
            with pytest.raises(Transient, match="Timeout"):
                await call(provider)


async def test_nobody_at_the_address_is_a_failure_like_any_other() -> None:
    """A refused connection is worth another attempt, and the address is not told."""
    async with connected("http://127.0.0.1:1/v1") as provider:
        with pytest.raises(Transient, match="connection to the provider failed") as caught:
            await post(provider)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "retryable", "sick"),
    [
        (408, True, True),
        (409, True, False),
        (429, True, False),
        (500, True, True),
        (529, True, True),
        (400, False, False),
        (401, False, False),
        (404, False, False),
        (422, False, False),
    ],
)
def test_a_status_means_the_same_everywhere(status: int, retryable: bool, sick: bool) -> None:
    """The table of what is tried again, and what counts for the breaker."""
    failure = error_for(status, {}, b'{"error": {"message": "m", "code": null}}').failure
    assert (failure.retryable, failure.sick) == (retryable, sick)


def test_a_refusal_keeps_the_providers_error() -> None:
    """And nothing that stands beside it."""
    error = error_for(422, {}, b'{"error": {"message": "m"}, "internal": 1}')
    assert isinstance(error, Refused)
    assert (error.status, error.body) == (422, {"error": {"message": "m"}})


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (TimeoutError(), Failure(retryable=True)),
        (ValueError(), Failure(retryable=False, sick=False)),
        (Refused(400, {}), Failure(retryable=False, sick=False)),
    ],
    ids=repr,
)
def test_other_errors_are_classified_too(error: Exception, failure: Failure) -> None:
    """A time-out may be tried again; our own faults may not."""
    assert classify(error) == failure
