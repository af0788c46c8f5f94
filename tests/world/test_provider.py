"""The provider as the unmodified `openai` package sees it, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import openai
import pytest

from tests.world.asking import ANSWER, KNOWN, MODEL, provider, user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai import OpenAI


@pytest.fixture(scope="module")
def client() -> Iterator[OpenAI]:
    """Serve one provider to all tests of this file and give the package's own client of it."""
    with provider() as bench:
        yield bench.client


def text_of(client: OpenAI, messages: list[Any], **more: Any) -> str:
    """Return the text of a chat answer."""
    answer = client.chat.completions.create(model=MODEL, messages=messages, **more)
    return answer.choices[0].message.content or ""


def test_the_answer_names_the_intent(client: OpenAI) -> None:
    """A known question gets its prepared answer and the name of its intent."""
    assert text_of(client, user(f"  {KNOWN.upper()} ")) == ANSWER


def test_a_question_in_text_parts_is_the_same_question(client: OpenAI) -> None:
    """Content may be a list of parts."""
    assert text_of(client, user([{"type": "text", "text": KNOWN}])) == ANSWER


def test_an_unknown_question_has_a_stable_name(client: OpenAI) -> None:
    """The same unknown text, folded, always gets the same answer; another text another one."""
    first = text_of(client, user("What about mushrooms?"))
    assert first.endswith("]")
    assert " [q-" in first
    assert text_of(client, user("what  about MUSHROOMS?")) == first
    assert text_of(client, user("What about truffles?")) != first


def test_a_known_last_turn_decides_in_a_conversation(client: OpenAI) -> None:
    """In a long conversation a known last question is answered as if it were alone."""
    earlier = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi!"}]
    assert text_of(client, earlier + user(KNOWN)) == ANSWER


def test_an_unknown_last_turn_depends_on_the_conversation(client: OpenAI) -> None:
    """An unknown question means something else after something else."""
    answers = {
        text_of(client, [*user(start), {"role": "assistant", "content": "Yes."}, *user("And?")])
        for start in ("Is it red?", "Is it blue?")
    }
    assert len(answers) == 2


def test_usage_is_counted(client: OpenAI) -> None:
    """Usage follows the tokenizer: four for the message, five for the text, two for the prompt."""
    answer = client.chat.completions.create(model=MODEL, messages=user(KNOWN))
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (4 + 5 + 2, 14)
    assert answer.usage.total_tokens == 25
    assert answer.choices[0].finish_reason == "stop"


def test_an_answer_is_cut_at_max_tokens(client: OpenAI) -> None:
    """`max_completion_tokens` ends the answer with finish_reason "length"."""
    answer = client.chat.completions.create(
        model=MODEL, messages=user(KNOWN), max_completion_tokens=3
    )
    assert answer.choices[0].message.content == "You can send"
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3


def test_an_answer_ends_before_a_stop_sequence(client: OpenAI) -> None:
    """The first stop sequence ends the answer and is not part of it."""
    assert text_of(client, user(KNOWN), stop=["[", " within"]) == "You can send it back"


def test_n_choices_are_counted_n_times(client: OpenAI) -> None:
    """Three choices are three answers and cost three answers."""
    answer = client.chat.completions.create(model=MODEL, messages=user(KNOWN), n=3)
    assert [choice.message.content for choice in answer.choices] == [ANSWER] * 3
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3 * 14


def test_a_stream_sends_one_token_a_chunk(client: OpenAI) -> None:
    """The role comes first, then one token a chunk, then the finish reason, then the usage."""
    stream = client.chat.completions.create(
        model=MODEL, messages=user(KNOWN), stream=True, stream_options={"include_usage": True}
    )
    first, *tokens, finish, usage = list(stream)
    assert first.choices[0].delta.role == "assistant"
    assert [chunk.choices[0].delta.content for chunk in tokens[:3]] == ["You", " can", " send"]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in tokens) == ANSWER
    assert finish.choices[0].finish_reason == "stop"
    assert usage.choices == []
    assert usage.usage is not None
    assert usage.usage.completion_tokens == len(tokens) == 14


def test_a_stream_without_include_usage_has_none(client: OpenAI) -> None:
    """Usage is sent to those who ask for it."""
    chunks = list(client.chat.completions.create(model=MODEL, messages=user(KNOWN), stream=True))
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_the_streaming_helper_builds_the_plain_answer(client: OpenAI) -> None:
    """The package's accumulator, which is strict about events, ends at the plain answer."""
    with client.chat.completions.stream(model=MODEL, messages=user(KNOWN), n=2) as stream:
        final = stream.get_final_completion()
    assert [choice.message.content for choice in final.choices] == [ANSWER] * 2


TOOL: Any = {
    "type": "function",
    "function": {
        "name": "look_up",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
        },
    },
}


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "look_up"}}], ids=["any", "it"]
)
@pytest.mark.parametrize("form", ["plain", "streamed"])
def test_a_required_tool_is_called(client: OpenAI, choice: Any, form: str) -> None:
    """A tool that must be called is called, with arguments that fit its schema."""
    ask: dict[str, Any] = {"tools": [TOOL], "tool_choice": choice}
    if form == "streamed":
        with client.chat.completions.stream(model=MODEL, messages=user(KNOWN), **ask) as stream:
            answer: Any = stream.get_final_completion()
    else:
        answer = client.chat.completions.create(model=MODEL, messages=user(KNOWN), **ask)
    (call,) = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert answer.choices[0].message.content is None
    assert (call.function.name, json.loads(call.function.arguments)) == (
        "look_up",
        {"query": ANSWER, "limit": 0},
    )


def test_a_tool_on_offer_is_not_called(client: OpenAI) -> None:
    """Without `tool_choice` the provider answers in text."""
    assert text_of(client, user(KNOWN), tools=[TOOL]) == ANSWER


def test_json_mode_is_json(client: OpenAI) -> None:
    """JSON mode wraps the answer; a schema gets its own fields."""
    plain = text_of(client, user(KNOWN), response_format={"type": "json_object"})
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}, "why": {}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": schema}}
    assert json.loads(plain) == {"answer": ANSWER}
    assert json.loads(text_of(client, user(KNOWN), response_format=wanted)) == {
        "ok": False,
        "why": ANSWER,
    }


def test_embeddings_come_in_base64_and_in_floats(client: OpenAI) -> None:
    """The package asks for base64 by default; floats are the same numbers, of unit length."""
    texts = ["Where is my parcel?", "Please send me the invoice again, I lost it."]
    model = "text-embedding-3-small"
    packed = client.embeddings.create(model=model, input=texts)
    floats = client.embeddings.create(model=model, input=texts, encoding_format="float")
    vectors = np.array([entry.embedding for entry in packed.data])
    assert vectors.shape == (2, 256)
    assert np.allclose(vectors, [entry.embedding for entry in floats.data])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)
    assert packed.usage.prompt_tokens == packed.usage.total_tokens == 16


def test_an_embedding_does_not_depend_on_its_neighbours(client: OpenAI) -> None:
    """A text has one vector, whatever else is in the request."""
    model = "text-embedding-3-small"
    alone = client.embeddings.create(model=model, input="parcel").data[0].embedding
    among = client.embeddings.create(model=model, input=["a long text " * 50, "parcel"])
    assert among.data[1].embedding == alone


def test_fewer_dimensions_are_unit_vectors_too(client: OpenAI) -> None:
    """`dimensions` shortens a vector and scales it to length one again."""
    answer = client.embeddings.create(model="text-embedding-3-large", input="hi", dimensions=64)
    assert len(answer.data[0].embedding) == 64
    assert np.isclose(np.linalg.norm(answer.data[0].embedding), 1.0)


def test_models_are_listed(client: OpenAI) -> None:
    """The list of models names what can be called, and each can be looked up."""
    names = [model.id for model in client.models.list()]
    assert {"gpt-4o-mini", "gpt-4.1-nano", "text-embedding-3-small"} <= set(names)
    assert client.models.retrieve(MODEL).owned_by == "openai"
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.models.retrieve("gpt-0")


def test_the_headers_are_openais(client: OpenAI) -> None:
    """An answer carries its id, its processing time and the rate limits."""
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=user(KNOWN))
    kinds = ("limit", "remaining", "reset")
    limits = {f"x-ratelimit-{k}-{of}" for k in kinds for of in ("requests", "tokens")}
    assert limits | {"x-request-id", "openai-processing-ms"} <= raw.headers.keys()
    assert raw.request_id is not None
    assert raw.request_id.startswith("req_")
