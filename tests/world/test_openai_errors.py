"""OpenAI's errors, as the unmodified `openai` package raises them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.world.asking import ASK, KEY, MODEL, Bench, provider, user

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTHORIZED = {"Authorization": f"Bearer {KEY}"}


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


def test_a_wrong_key_is_an_authentication_error(bench: Bench) -> None:
    """A wrong key gives 401 invalid_api_key, on every address, and is never repeated."""
    stranger = bench.client.with_options(api_key="sk-wrong")
    with pytest.raises(openai.AuthenticationError) as chat:
        stranger.chat.completions.create(**ASK)
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()
    assert chat.value.code == "invalid_api_key"
    assert "sk-wrong" not in str(chat.value)


def test_an_unknown_model_is_not_found(bench: Bench) -> None:
    """An unknown model gives 404 model_not_found, for chat as for embeddings."""
    with pytest.raises(openai.NotFoundError) as chat:
        bench.ask(model="gpt-0")
    with pytest.raises(openai.NotFoundError):
        bench.client.embeddings.create(model=MODEL, input="a chat model")
    assert chat.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("param", "change"),
    [
        ("messages", {"messages": []}),
        ("messages[0].role", {"messages": [{"role": "robot", "content": "x"}]}),
        ("temperature", {"temperature": 3}),
        ("n", {"n": 100_000}),
        ("max_tokens", {"max_tokens": 0}),
        ("stream_options", {"stream_options": {"include_usage": True}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_field_is_a_bad_request(bench: Bench, param: str, change: dict[str, Any]) -> None:
    """A field that makes no sense gives 400 and is named."""
    with pytest.raises(openai.BadRequestError) as refusal:
        bench.ask(**change)
    assert refusal.value.param == param


def test_a_prompt_over_the_context_window_is_refused(bench: Bench) -> None:
    """More tokens than the model reads give 400 context_length_exceeded."""
    with pytest.raises(openai.BadRequestError) as refusal:
        bench.ask(messages=user("word " * 130_000))
    assert refusal.value.code == "context_length_exceeded"


def test_an_unknown_address_answers_in_json(bench: Bench) -> None:
    """What the provider does not serve is 404 in OpenAI's form, not a page."""
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        bench.client.moderations.create(input="hello")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (502, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_a_status_raises_the_packages_own_error(
    bench: Bench, status: int, error: type[openai.APIStatusError]
) -> None:
    """Each status becomes the exception that the real API's would become."""
    bench.set({"kind": "status", "status": status, "times": 1})
    with pytest.raises(error) as refusal:
        bench.ask()
    assert refusal.value.status_code == status
    assert refusal.value.request_id == bench.last()["request_id"]
    assert bench.ending() == ("rate_limited" if status == 429 else "status", status)
    assert bench.ask().choices


def test_a_spent_quota_says_so(bench: Bench) -> None:
    """The code insufficient_quota brings its own type and message."""
    bench.set({"kind": "status", "status": 429, "code": "insufficient_quota"})
    with pytest.raises(openai.RateLimitError, match="check your plan") as refusal:
        bench.ask()
    assert (refusal.value.code, refusal.value.type) == ("insufficient_quota", "insufficient_quota")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"model": NaN}', b"\xff\xfe", b"[" * 20_000],
    ids=["empty", "open", "list", "nan", "not utf-8", "deep"],
)
def test_a_broken_body_is_a_bad_request(bench: Bench, body: bytes) -> None:
    """What is no JSON object is 400 in OpenAI's form, never 500."""
    answer = bench.control.post("/v1/chat/completions", content=body, headers=AUTHORIZED)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_huge_body_is_refused(bench: Bench) -> None:
    """A body over the limit is 413, and the provider goes on."""
    answer = bench.control.post(
        "/v1/chat/completions", content=b" " * 17_000_000, headers=AUTHORIZED
    )
    assert answer.status_code == 413
    assert bench.ask().choices


def test_a_missing_key_is_asked_for(bench: Bench) -> None:
    """Without a key the provider says how to send one."""
    answer = bench.control.post("/v1/chat/completions", json=ASK)
    assert answer.status_code == 401
    assert "Authorization" in answer.json()["error"]["message"]
