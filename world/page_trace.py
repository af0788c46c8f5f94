"""Draw one trace: its waterfall, and beside it what else carries the trace's id."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from world.markup import Html, clip, clock, count, join, tag, took
from world.page_parts import attribute_list, call_table, error_card, hint, log_list, section
from world.sentry_spans import dig, text, unix_seconds
from world.waterfall import Row, Waterfall, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from world.spans import Span

MAX_ROWS = 500
MAX_DEPTH = 10
_KINDS = ("server", "client", "internal", "other", "failed")


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that carries one trace id."""

    trace_id: str
    spans: Sequence[Span]
    events: Sequence[dict[str, Any]]
    logs: Sequence[dict[str, Any]]
    calls: Sequence[dict[str, Any]]


def trace_page(trace: Trace) -> Html:
    """Return the inside of the page."""
    return join(
        tag("p", "Trace ", tag("code", trace.trace_id), class_="hint"),
        tag("div", _waterfall(trace), _beside(trace), class_="trace"),
    )


def _waterfall(trace: Trace) -> Html:
    if not trace.spans:
        why = "No span of this trace came. Most programs send only a sample of their traces: "
        return section(
            "spans", "Spans", hint(why, tag("code", "TRACES_SAMPLE_RATE=1"), " sends all.")
        )
    drawn = lay_out(trace.spans)
    errors = Counter(text(dig(event, "contexts", "trace", "span_id")) for event in trace.events)
    rows = [_row(row, drawn, errors[row.span.span_id]) for row in drawn.rows[:MAX_ROWS]]
    note = f"The first {MAX_ROWS} of {len(drawn.rows):,} spans."
    return section(
        "spans",
        f"{count(len(drawn.rows), 'span')} in {took(drawn.duration_ms)}",
        _legend(),
        tag("div", _axis(drawn), *rows, class_="waterfall"),
        hint(note) if len(drawn.rows) > MAX_ROWS else "",
    )


def _legend() -> Html:
    words = [tag("li", tag("i", class_=f"dot {kind}"), kind) for kind in _KINDS]
    return tag("ul", *words, tag("li", "A row opens with a click."), class_="legend")


def _axis(drawn: Waterfall) -> Html:
    marks = [tag("span", took(drawn.duration_ms * quarter / 4)) for quarter in range(1, 5)]
    start = tag("span", clock(drawn.start), class_="name")
    return tag("div", start, tag("span", *marks, class_="marks"), tag("span"), class_="axis")


def _row(row: Row, drawn: Waterfall, errors: int) -> Html:
    span, colour = row.span, _colour(row.span)
    name = tag(
        "span",
        tag("i", class_=f"dot {colour}"),
        tag("span", clip(span.name, 200)),
        tag("small", clip(span.service, 60)),
        tag("b", count(errors, "error"), class_="badge bad") if errors else "",
        class_=f"name depth-{min(row.depth, MAX_DEPTH)}",
    )
    summary = tag(
        "summary",
        name,
        _bar(row, drawn, colour),
        tag("span", took(span.duration_ms), class_="took"),
    )
    return tag("details", summary, _inside(span, drawn.start), class_="span")


def _bar(row: Row, drawn: Waterfall, colour: str) -> Html:
    """Return a bar in SVG: positions as attributes, so that no style needs to be inline."""
    after_ms = (row.span.start - drawn.start) * 1000
    bar = tag(
        "rect",
        class_=colour,
        x=f"{row.left:.2f}%",
        width=f"{row.width:.2f}%",
        y="0",
        height="100%",
        rx="2",
    )
    label = f"after {took(after_ms)}, for {took(row.span.duration_ms)}"
    return tag("svg", bar, *_event_marks(row.span, drawn), role="img", aria_label=label)


def _event_marks(span: Span, drawn: Waterfall) -> list[Html]:
    """Return a thin line for each event of a span that lies within the trace."""
    if drawn.duration_ms <= 0:
        return []
    places = [(e["at"] - drawn.start) * 100_000 / drawn.duration_ms for e in span.events]
    return [
        tag("line", x1=f"{x:.2f}%", x2=f"{x:.2f}%", y1="0", y2="100%")
        for x in places
        if 0 <= x <= 100
    ]


def _inside(span: Span, trace_start: float) -> Html:
    """Return what opens under a row: status, ids, attributes, events, links."""
    facts = {
        "status": " ".join(filter(None, (span.status, span.status_message))),
        "kind": span.kind,
        "starts after": took((span.start - trace_start) * 1000),
        "span id": span.span_id,
        "parent id": span.parent_id or "none",
        "instrumented by": span.scope,
    }
    events = [
        join(
            tag(
                "h4", f"{clip(event['name'], 200)} after {took((event['at'] - span.start) * 1000)}"
            ),
            attribute_list(event["attributes"]),
        )
        for event in span.events
    ]
    links = {f"link {number}": text(link) for number, link in enumerate(span.links, 1)}
    return tag(
        "div",
        attribute_list({name: value for name, value in facts.items() if value} | links),
        tag("h4", "Attributes") if span.attributes else "",
        attribute_list(span.attributes),
        *events,
        class_="inside",
    )


def _colour(span: Span) -> str:
    if span.status == "error":
        return "failed"
    return span.kind if span.kind in _KINDS else "other"


def _beside(trace: Trace) -> Html:
    events = sorted(trace.events, key=lambda event: unix_seconds(event.get("timestamp")))
    cards = join(*[error_card(event) for event in events])
    return tag(
        "aside",
        section("errors", "Errors", cards or hint("Sentry got no error of this trace.")),
        section("calls", "Provider calls", call_table(trace.calls)) if trace.calls else "",
        section("logs", "Logs", log_list(trace.logs)) if trace.logs else "",
    )
