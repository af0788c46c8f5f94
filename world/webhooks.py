"""Be the receiver of alerts: keep every delivery, and fail on request.

    ALERT_WEBHOOK_URL=http://127.0.0.1:PORT/webhook
    PUT /webhooks/failures {"times": 2, "status": 503}     the next two deliveries fail

Every delivery is listed at `GET /webhooks`, also a failed one, with the status it was
answered: that is how a test sees a retry.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from world.body import Malformed, Refused, error_answer, json_answer, parse_json, read_body
from world.control import BadControl, Field, checked
from world.kept import Kept, read_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Failures:
    """How many deliveries are still to fail, and with which status."""

    times: int = 0
    status: int = 500

    def after_one(self) -> Failures:
        """Return what is left after one failed delivery."""
        return Failures(self.times - 1, self.status)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came: `at` in unix seconds, `body` as it was sent."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields, the body parsed, and its exact bytes (a signature needs them)."""
        return {
            "at": self.at,
            "path": self.path,
            "headers": self.headers,
            "body": _parsed(self.body),
            "body_base64": base64.b64encode(self.body).decode("ascii"),
            "status": self.status,
        }


class WebhookSink:
    """Take webhooks at `/webhook` and `/webhook/{name}`."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.deliveries: Kept[Delivery] = Kept()
        self.failures = Failures()
        self._now = now

    def routes(self) -> list[Route]:
        """Return the receiving, the read-back and the control addresses."""
        return [
            Route("/webhook", self._receive, methods=["POST"]),
            Route("/webhook/{name}", self._receive, methods=["POST"]),
            read_back("/webhooks", self.deliveries, Delivery.to_json),
            Route("/webhooks/failures", self._get_failures, methods=["GET"]),
            Route("/webhooks/failures", self._put_failures, methods=["PUT"]),
            Route("/webhooks/failures", self._delete_failures, methods=["DELETE"]),
        ]

    async def _receive(self, request: Request) -> Response:
        try:
            body = await read_body(request)
        except Refused as refusal:
            return error_answer(refusal.reason, refusal.status)
        status = self._next_status()
        headers = dict(request.headers)
        delivery = Delivery(self._now(), request.url.path, headers, body, status)
        self.deliveries.add(delivery, len(body))
        if status == 200:
            return json_answer({"received": True})
        return error_answer(f"told to fail with {status}", status)

    def _next_status(self) -> int:
        if not self.failures.times:
            return 200
        failing, self.failures = self.failures, self.failures.after_one()
        return failing.status

    async def _get_failures(self, _: Request) -> Response:
        return self._show_failures()

    async def _put_failures(self, request: Request) -> Response:
        try:
            self.failures = read_failures(parse_json(await read_body(request)))
        except (BadControl, Malformed) as error:
            return error_answer(str(error))
        except Refused as refusal:
            return error_answer(refusal.reason, refusal.status)
        return self._show_failures()

    async def _delete_failures(self, _: Request) -> Response:
        self.failures = Failures()
        return Response(status_code=204)

    def _show_failures(self) -> Response:
        return json_answer({"times": self.failures.times, "status": self.failures.status})


def read_failures(body: Any) -> Failures:
    """Read the control body; raise BadControl with the field that is wrong."""
    fields = {"times": Field.whole(0, 1_000_000), "status": Field.whole(400, 599)}
    body = checked("failures", body, fields)
    if "times" not in body:
        raise BadControl("failures.times: is missing")
    return Failures(body["times"], body.get("status", 500))


def _parsed(body: bytes) -> Any:
    """Return JSON as its value, any other body as text."""
    try:
        return parse_json(body)
    except Malformed:
        return body.decode("utf-8", "replace")
