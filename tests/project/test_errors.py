"""What callers are told when something goes wrong: OpenAI's body, a status, what to do next."""

from __future__ import annotations

import inspect
import math

import pytest

from project import errors
from project.errors import (
    ApiError,
    BodyTooLarge,
    BudgetExceeded,
    DeadlineExceeded,
    Draining,
    InternalError,
    Malformed,
    ModelNotFound,
    NotFound,
    ProviderRefused,
    ProviderUnavailable,
    RateLimited,
    Unauthorized,
)
from project.patterns.rate_limit import Decision, Window, WindowState

WINDOW = Window(10, 60, "tokens")


def refused(wait: float) -> Decision:
    """Write a refusal."""
    states = (WindowState(WINDOW, 0, 60.0),)
    return Decision(allowed=False, states=states, retry_after_seconds=wait, refused_by=WINDOW)


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (Malformed("m"), 400, "invalid_request_error", "invalid_request"),
        (Unauthorized("m"), 401, "authentication_error", "invalid_api_key"),
        (BudgetExceeded("m"), 402, "insufficient_quota", "budget_exceeded"),
        (NotFound("m"), 404, "invalid_request_error", "not_found"),
        (ModelNotFound("m"), 404, "invalid_request_error", "model_not_found"),
        (BodyTooLarge("m"), 413, "invalid_request_error", "body_too_large"),
        (RateLimited(refused(1.5)), 429, "rate_limit_error", "rate_limit_exceeded"),
        (InternalError("m"), 500, "server_error", "internal_error"),
        (ProviderUnavailable("m"), 503, "server_error", "provider_unavailable"),
        (Draining("m"), 503, "server_error", "draining"),
        (DeadlineExceeded("m"), 504, "server_error", "deadline_exceeded"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ApiError) else str(value),
)
def test_every_error_has_openais_body(error: ApiError, status: int, kind: str, code: str) -> None:
    """A status, a type, a code that programs read, a message that people read."""
    body = {"message": error.message, "type": kind, "code": code, "param": None}
    assert (error.http_status, error.body()) == (status, {"error": body})
    assert str(error) == error.message


def test_the_field_that_is_wrong_is_named() -> None:
    """`param` is where OpenAI's clients look for it."""
    assert Malformed("m", param="messages[3].role").body()["error"]["param"] == "messages[3].role"


def test_the_tree_in_the_docstring_is_complete() -> None:
    """Who reads it knows every error."""
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if issubclass(k, ApiError)]
    drawn = inspect.getdoc(errors) or ""
    children = [k.__name__ for k in kinds if k.__base__ in {ApiError, ProviderUnavailable}]
    assert [name for name in children if f" {name} " not in drawn] == []


@pytest.mark.parametrize(
    ("wait", "told", "header"),
    [(1.2345, "retry in 1.234 s", "2"), (60.0, "retry in 60.000 s", "60"), (0.001, "0.001", "1")],
)
def test_a_rate_limit_says_how_long(wait: float, told: str, header: str) -> None:
    """The window, the wait, and the headers of the decision."""
    error = RateLimited(refused(wait))
    assert "(10 tokens in 60 s)" in error.message
    assert told in error.message
    assert error.headers()["Retry-After"] == header
    assert error.headers()["RateLimit"] == '"tokens-60";r=0;t=60'


def test_what_can_never_fit_is_told_so() -> None:
    """There is no time to come back."""
    error = RateLimited(refused(math.inf))
    assert "never fit" in error.message
    assert "Retry-After" not in error.headers()


@pytest.mark.parametrize(("seconds", "header"), [(0.0, "1"), (0.2, "1"), (1.0, "1"), (4.1, "5")])
def test_an_unavailable_provider_says_when_to_try_again(seconds: float, header: str) -> None:
    """Whole seconds, at least one."""
    error = ProviderUnavailable("m", retry_after_seconds=seconds)
    assert error.headers() == {"Retry-After": header}


def test_the_providers_final_word_passes_through() -> None:
    """Its status and its body, as they came."""
    body = {"error": {"message": "no such tool", "code": None}}
    error = ProviderRefused(422, body)
    assert (error.http_status, error.body(), error.headers()) == (422, body, {})
    assert "tool" not in str(error)
