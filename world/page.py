"""Show in a browser what the world saw: `GET /`, and one trace at `/trace/{trace_id}`.

Everything shown was sent by a program under test. It is escaped, the page runs no script, and
its Content-Security-Policy forbids whatever slipped through: no script, no inline style, no
address but this one.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from world.markup import Html, link, tag
from world.page_overview import Overview, overview
from world.page_parts import TRACE_ID, hint
from world.page_trace import Trace, trace_page
from world.sentry_spans import trace_id_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from world.otlp import OtlpIngest
    from world.sentry import SentryIngest
    from world.spans import Span
    from world.webhooks import WebhookSink

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """Draw what the ingests hold; `calls` returns the ledger's rows, oldest first."""

    def __init__(
        self,
        *,
        sentry: SentryIngest,
        otlp: OtlpIngest,
        webhooks: WebhookSink,
        calls: Callable[[], list[dict[str, Any]]],
    ) -> None:
        self._sentry = sentry
        self._otlp = otlp
        self._webhooks = webhooks
        self._calls = calls

    def routes(self) -> list[Route]:
        """Return the pages and their style sheet."""
        return [
            Route("/", self._overview, methods=["GET"]),
            Route("/trace/{trace_id}", self._trace, methods=["GET"]),
            Route("/page.css", _style, methods=["GET"]),
        ]

    async def _overview(self, request: Request) -> Response:
        kept = (self._sentry.events, self._sentry.logs, self._otlp.spans, self._webhooks.deliveries)
        view = Overview(
            address=_address(request),
            events=self._sentry.events.all(),
            logs=self._sentry.logs.all(),
            spans=self._spans(),
            calls=self._calls(),
            deliveries=self._webhooks.deliveries.all(),
            dropped=sum(records.dropped for records in kept),
        )
        return _page("What your program did", overview(view))

    async def _trace(self, request: Request) -> Response:
        trace_id = request.path_params["trace_id"]
        if not TRACE_ID.fullmatch(trace_id):
            return _page("No trace", hint("A trace id has 32 digits, 0-9 and a-f."), status=404)
        trace = Trace(
            trace_id=trace_id,
            spans=[span for span in self._spans() if span.trace_id == trace_id],
            events=[e for e in self._sentry.events.all() if trace_id_of(e) == trace_id],
            logs=[entry for entry in self._sentry.logs.all() if entry.get("trace_id") == trace_id],
            calls=[call for call in self._calls() if call.get("trace_id") == trace_id],
        )
        return _page(f"Trace {trace_id[:8]}", trace_page(trace))

    def _spans(self) -> list[Span]:
        return self._otlp.spans.all() + self._sentry.spans()


def _page(title: str, inside: Html, *, status: int = 200) -> Response:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("link", rel="stylesheet", href="/page.css"),
    )
    top = tag("header", link("world", "/"), tag("h1", title))
    whole = tag("html", head, tag("body", top, tag("main", inside)), lang="en")
    # Half a surrogate pair, which JSON may carry, has no UTF-8: it becomes a question mark.
    body = f"<!doctype html>{whole}".encode("utf-8", "replace")
    return Response(body, status, headers=HEADERS, media_type="text/html")


async def _style(_: Request) -> Response:
    sheet = resources.files("world").joinpath("page.css").read_bytes()
    return Response(sheet, headers={"X-Content-Type-Options": "nosniff"}, media_type="text/css")


def _address(request: Request) -> str:
    """Return host and port that the world listens on, not what the client says they are."""
    host, port = request.scope.get("server") or ("127.0.0.1", None)
    return f"{host}:{port}" if port else str(host)
