"""OpenAI's error bodies, so that a real client raises its own exception for each.

One exception, ApiError, for everything the provider refuses; it knows its status and its body:

    {"error": {"message": "...", "type": "...", "param": null, "code": "model_not_found"}}
"""

from __future__ import annotations

import math
from typing import Any

import orjson

INVALID = "invalid_request_error"
QUOTA_SPENT = "insufficient_quota"

# status -> type, code, message of a failure that a fault rule asks for.
_FAILURES: dict[int, tuple[str, str | None, str]] = {
    401: (INVALID, "invalid_api_key", "Incorrect API key provided."),
    404: (INVALID, "model_not_found", "The model does not exist or you do not have access to it."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", None, "The server had an error while processing your request."),
    502: ("server_error", "bad_gateway", "Bad gateway."),
    503: ("server_error", "service_unavailable", "The engine is currently overloaded."),
}
_JSON_NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


class ApiError(Exception):
    """A refusal in OpenAI's words; `retry_after` in seconds where waiting helps."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = INVALID,
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.retry_after: float | None = None

    def body(self) -> bytes:
        """Return the JSON that the caller reads."""
        error = {"message": str(self), "type": self.kind, "param": self.param, "code": self.code}
        return orjson.dumps({"error": error})

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return `retry-after` (whole seconds, as HTTP has it) and `retry-after-ms`, if any."""
        if self.retry_after is None:
            return []
        milliseconds = math.ceil(round(self.retry_after * 1_000, 6))
        return [
            (b"retry-after", b"%d" % math.ceil(milliseconds / 1_000)),
            (b"retry-after-ms", b"%d" % milliseconds),
        ]


def bad_json() -> ApiError:
    """Return the error for a body that is no JSON object."""
    return ApiError("We could not parse the JSON body of your request: expected a JSON object.")


def too_large(limit: int) -> ApiError:
    """Return the error for a body over the provider's limit of `limit` bytes."""
    return ApiError(f"Request body too large: at most {limit} bytes.", status=413)


def no_key() -> ApiError:
    """Return the error for a call without a key."""
    return ApiError(
        "You didn't provide an API key. Send it in an Authorization header, as Bearer YOUR_KEY.",
        status=401,
    )


def wrong_key() -> ApiError:
    """Return the error for a key that is not the provider's; the key itself is never repeated."""
    return failure(401)


def no_route(method: str, path: str) -> ApiError:
    """Return the error for an address that the provider does not serve."""
    return ApiError(f"Invalid URL ({method} {path})", status=404, code="unknown_url")


def unknown_model(name: str) -> ApiError:
    """Return the error for a model that the provider does not have."""
    message = f"The model `{name[:100]}` does not exist or you do not have access to it."
    return ApiError(message, status=404, code="model_not_found")


def missing(param: str) -> ApiError:
    """Return the error for a required field that is not there."""
    message = f"Missing required parameter: '{param}'."
    return ApiError(message, code="missing_required_parameter", param=param)


def wrong_type(param: str, expected: str, value: Any) -> ApiError:
    """Return the error for a value of the wrong JSON type; `expected` with its article."""
    got = _JSON_NAMES.get(type(value), "something else")
    message = f"Invalid type for '{param}': expected {expected}, but got {got} instead."
    return ApiError(message, code="invalid_type", param=param)


def invalid(param: str, reason: str, code: str = "invalid_value") -> ApiError:
    """Return the error for a value that cannot be: the reason is a whole sentence's end."""
    return ApiError(f"Invalid '{param}': {reason}", code=code, param=param)


def too_long(*, limit: int, got: int, param: str) -> ApiError:
    """Return the error for a prompt over the model's context window."""
    message = (
        f"This model's maximum context length is {limit} tokens. However, your request has "
        f"{got} tokens. Please reduce its length."
    )
    return ApiError(message, code="context_length_exceeded", param=param)


def rate_limited(model: str, *, limit: int, wait_seconds: float) -> ApiError:
    """Return the error for a call over the quota; after `wait_seconds` one call fits again."""
    wait = f"{math.ceil(wait_seconds * 1_000)}ms"
    message = f"Rate limit reached for {model}: Limit {limit}. Please try again in {wait}."
    error = ApiError(message, status=429, kind="requests", code="rate_limit_exceeded")
    error.retry_after = wait_seconds
    return error


def failure(status: int, *, code: str | None = None, retry_after: float | None = None) -> ApiError:
    """Return the failure that a fault rule asks for, in OpenAI's words where it has words."""
    kind = "server_error" if status >= 500 else INVALID
    kind, usual, message = _FAILURES.get(status, (kind, None, f"The request failed ({status})."))
    if code == QUOTA_SPENT:
        kind = QUOTA_SPENT
        message = "You exceeded your current quota, please check your plan and billing details."
    error = ApiError(message, status=status, kind=kind, code=code or usual)
    error.retry_after = retry_after
    return error
