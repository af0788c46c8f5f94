"""Draw the overview: how much came, the last errors, traces, provider calls and webhooks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from world.markup import Html, clip, clock, count, folded, join, link, plain, pretty, tag, took
from world.page_parts import call_table, error_card, hint, log_list, section, table, trace_link
from world.waterfall import in_tree_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from world.spans import Span
    from world.webhooks import Delivery

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the overview shows, oldest first; `address` is where the world listens."""

    address: str
    events: Sequence[dict[str, Any]]
    logs: Sequence[dict[str, Any]]
    spans: Sequence[Span]
    calls: Sequence[dict[str, Any]]
    deliveries: Sequence[Delivery]
    dropped: int


def overview(view: Overview) -> Html:
    """Return the inside of the page."""
    return join(
        _tiles(view),
        section("errors", "Last errors", _errors(view)),
        section("traces", "Last traces", _traces(view)),
        section("calls", "Last provider calls", _calls(view)),
        section("webhooks", "Last webhooks", _webhooks(view)),
        section("logs", "Last logs", _logs(view)),
    )


def total_usd(calls: Sequence[dict[str, Any]]) -> str:
    """Add up what the calls cost, exactly; a cost that is no number counts as nothing."""
    total = Decimal(0)
    for call in calls:
        try:
            total += Decimal(str(call.get("cost_usd", 0)))
        except InvalidOperation:
            continue
    return f"${total:.6f}"


def _tiles(view: Overview) -> Html:
    traces = len({span.trace_id for span in view.spans})
    tiles = [
        ("errors", "errors", f"{len(view.events):,}"),
        ("traces", "traces", f"{traces:,}"),
        ("calls", "provider calls", f"{len(view.calls):,}"),
        ("calls", "provider cost", total_usd(view.calls)),
        ("webhooks", "webhooks", f"{len(view.deliveries):,}"),
        ("logs", "log entries", f"{len(view.logs):,}"),
    ]
    drawn = [
        tag("li", tag("a", tag("b", n), tag("span", name), href=f"#{id_}"))
        for id_, name, n in tiles
    ]
    note = f"Only the newest are kept: {count(view.dropped, 'older record')} dropped."
    return join(tag("ul", *drawn, class_="tiles"), hint(note) if view.dropped else "")


def _newest(records: Sequence[Any]) -> list[Any]:
    return list(reversed(records[-SHOWN:]))


def _errors(view: Overview) -> Html:
    if not view.events:
        dsn = f"SENTRY_DSN=http://public@{view.address}/1"
        return hint("No error came. A program reports here with ", tag("code", dsn))
    return join(*[error_card(event) for event in _newest(view.events)])


def _traces(view: Overview) -> Html:
    if not view.spans:
        endpoint = f"OTEL_EXPORTER_OTLP_ENDPOINT=http://{view.address}"
        return hint("No span came. A program sends them here with ", tag("code", endpoint))
    by_trace: dict[str, list[Span]] = defaultdict(list)
    for span in view.spans:
        by_trace[span.trace_id].append(span)
    newest = sorted(by_trace.values(), key=lambda spans: spans[0].start)
    return table(
        ("When", "Trace", "Service", "Spans", "Took"), [_trace_row(t) for t in _newest(newest)]
    )


def _trace_row(spans: list[Span]) -> list[str]:
    root = in_tree_order(spans)[0][0]
    failed = sum(span.status == "error" for span in spans)
    name = trace_link(root.trace_id, clip(root.name, 120))
    badge = tag("span", f"{failed} failed", class_="badge bad") if failed else ""
    length = max(s.end for s in spans) - min(s.start for s in spans)
    return [
        clock(root.start),
        join(name, " ", badge),
        clip(root.service, 60),
        f"{len(spans):,}",
        took(length * 1000),
    ]


def _calls(view: Overview) -> Html:
    if not view.calls:
        base_url = f"OPENAI_BASE_URL=http://{view.address}/v1"
        return hint("The provider saw no call. It is at ", tag("code", base_url))
    return call_table(_newest(view.calls))


def _webhooks(view: Overview) -> Html:
    if not view.deliveries:
        address = f"ALERT_WEBHOOK_URL=http://{view.address}/webhook"
        return hint("No webhook came. Alerts are received with ", tag("code", address))
    return join(*[_webhook(delivery) for delivery in _newest(view.deliveries)])


def _webhook(delivery: Delivery) -> Html:
    body = delivery.to_json()["body"]
    mood = "good" if delivery.status < 400 else "bad"
    summary = join(
        tag("time", clock(delivery.at)),
        tag("span", str(delivery.status), class_=f"badge {mood}"),
        tag("code", delivery.path),
        tag("span", clip(plain(body), 100), class_="quiet"),
    )
    headers = "\n".join(f"{name}: {value}" for name, value in delivery.headers.items())
    return folded(
        summary,
        tag("pre", clip(headers)),
        tag("pre", clip(pretty(body), 10_000)),
        class_="card line",
    )


def _logs(view: Overview) -> Html:
    if not view.logs:
        return hint("No log entry came (", tag("code", "sentry_sdk.init(enable_logs=True)"), ").")
    return join(log_list(_newest(view.logs)), link("All of them as JSON", "/sentry/logs"))
