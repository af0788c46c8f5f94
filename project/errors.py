"""What can go wrong with a request, and what the caller is told.

    ApiError
    ├── Malformed            400  the body is not a request, or out of bounds
    ├── Unauthorized         401  no key, or an unknown one
    ├── BudgetExceeded       402  the tenant's (or the global) budget is spent
    ├── NotFound             404  unknown path or model
    ├── BodyTooLarge         413
    ├── RateLimited          429  carries the limiter's decision
    ├── TooManyInFlight      429  carries how many run
    ├── ProviderUnavailable  503  retries are spent, the breaker is open, or our key is refused
    ├── Draining             503  this worker is about to leave
    ├── InternalError        500  our own fault; never what a caller sent
    ├── DeadlineExceeded     504  the time for this request is over
    └── ProviderRefused      400, 404, 422  the provider's own answer, passed through

Every error has OpenAI's body. Messages say what to do next and never quote a prompt or a key.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from project.in_flight import Flight
    from project.patterns.rate_limit import Decision


class ApiError(Exception):
    """The base of everything a caller can be told."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "invalid_request_error"
    code: ClassVar[str | None] = None

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param

    @property
    def http_status(self) -> int:
        """The status line's number."""
        return self.status

    def body(self) -> dict[str, Any]:
        """Return OpenAI's error object."""
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "code": self.code,
                "param": self.param,
            }
        }

    def headers(self) -> dict[str, str]:
        """Return the headers that belong to this error."""
        return {}


class Malformed(ApiError):
    """The request cannot be understood, or asks for more than the bounds allow."""

    code = "invalid_request"


class Unauthorized(ApiError):
    """No key, or one that nobody was given."""

    status = 401
    kind = "authentication_error"
    code = "invalid_api_key"

    def headers(self) -> dict[str, str]:
        """Say how to authenticate, as RFC 9110 asks."""
        return {"WWW-Authenticate": "Bearer"}


class BudgetExceeded(ApiError):
    """The worst case of this request does not fit into what is left."""

    status = 402
    kind = "insufficient_quota"
    code = "budget_exceeded"


class NotFound(ApiError):
    """No such path or model."""

    status = 404
    code = "not_found"


class ModelNotFound(NotFound):
    """A model without a price is refused: it would be free."""

    code = "model_not_found"


class BodyTooLarge(ApiError):
    """The body is longer than `MAX_BODY_BYTES`."""

    status = 413
    code = "body_too_large"


class RateLimited(ApiError):
    """A window is full; `decision` says which, and for how long."""

    status = 429
    kind = "rate_limit_error"
    code = "rate_limit_exceeded"

    def __init__(self, decision: Decision, *, degraded: bool = False) -> None:
        window = decision.refused_by
        limit = f"{window.limit} {window.unit} in {window.seconds:g} s" if window else "no service"
        wait = decision.retry_after_seconds
        advice = f"retry in {wait:.3f} s" if math.isfinite(wait) else "it can never fit"
        super().__init__(f"rate limit reached ({limit}): {advice}")
        self.decision = decision
        self.degraded = degraded

    def headers(self) -> dict[str, str]:
        """Return the `RateLimit` fields and `Retry-After`."""
        return self.decision.headers()


class TooManyInFlight(ApiError):
    """As many of the tenant's calls run as may run at once; `flight` says how many."""

    status = 429
    kind = "rate_limit_error"
    code = "rate_limit_exceeded"

    def __init__(self, flight: Flight) -> None:
        wait = flight.retry_after_seconds
        super().__init__(f"{flight.limit} calls may run at once, and do: retry in {wait:g} s")
        self.flight = flight

    def headers(self) -> dict[str, str]:
        """Return the `RateLimit` fields and `Retry-After`."""
        return self.flight.headers()


class ProviderUnavailable(ApiError):
    """The provider cannot answer now, and nothing else can stand in."""

    status = 503
    kind = "server_error"
    code = "provider_unavailable"

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds

    def headers(self) -> dict[str, str]:
        """Say when it is worth trying again."""
        return {"Retry-After": str(max(1, math.ceil(self.retry_after_seconds)))}


class Draining(ProviderUnavailable):
    """This worker is on its way out."""

    code = "draining"


class InternalError(ApiError):
    """Our own fault, told without its details."""

    status = 500
    kind = "server_error"
    code = "internal_error"


class DeadlineExceeded(ApiError):
    """The time for this request is over."""

    status = 504
    kind = "server_error"
    code = "deadline_exceeded"


class ProviderRefused(ApiError):
    """The provider's final answer to a request that it will not serve, as it came."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__("the provider refused the request")
        self._status = status
        self._body = body

    @property
    def http_status(self) -> int:
        """The provider's own status."""
        return self._status

    def body(self) -> dict[str, Any]:
        """Return the provider's own body."""
        return self._body
