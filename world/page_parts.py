"""Draw the parts that more than one page shows: tables, error cards, calls, logs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from world.markup import Html, clip, clock, folded, join, plain, pretty, tag, took
from world.sentry_spans import dig, text, trace_id_of, unix_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TRACE_ID = re.compile(r"[0-9a-f]{32}")
_FRAMES = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error event says went wrong."""

    type: str
    message: str
    frames: list[dict[str, Any]]


def section(id_: str, title: str, *children: str) -> Html:
    """Return a part of the page that a link can point at."""
    return tag("section", tag("h2", title), *children, id=id_)


def hint(*children: str) -> Html:
    """Return a quiet sentence, for a part where nothing came."""
    return tag("p", *children, class_="hint")


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """Return a table whose rows become cards on a narrow screen."""
    head = tag("tr", *[tag("th", name, scope="col") for name in names])
    body = [
        tag("tr", *[tag("td", c, data_label=n) for n, c in zip(names, row, strict=True)])
        for row in rows
    ]
    return tag("table", tag("thead", head), tag("tbody", *body))


def trace_link(trace_id: str, words: str) -> Html:
    """Return a link to a trace, or only the words where the id is none."""
    if TRACE_ID.fullmatch(trace_id):
        return tag("a", words, href=f"/trace/{trace_id}")
    return tag("span", words)


def fault_of(event: dict[str, Any]) -> Fault:
    """Read type, message and stack of the last exception, or the message of an event without."""
    chain = dig(event, "exception", "values")
    last = chain[-1] if isinstance(chain, list) and chain else None
    if last is None:
        message = dig(event, "logentry", "formatted") or dig(event, "logentry", "message")
        return Fault(
            text(event.get("level")) or "message", text(message or event.get("message")), []
        )
    frames = dig(last, "stacktrace", "frames")
    return Fault(
        type=text(dig(last, "type")) or "Error",
        message=text(dig(last, "value")),
        frames=[f for f in frames if isinstance(f, dict)] if isinstance(frames, list) else [],
    )


def tags_of(event: dict[str, Any]) -> dict[str, str]:
    """Return an event's tags, which an SDK may send as an object or as pairs."""
    tags = event.get("tags")
    if isinstance(tags, dict):
        return {name: text(value) for name, value in tags.items()}
    pairs = tags if isinstance(tags, list) else []
    return {text(p[0]): text(p[1]) for p in pairs if isinstance(p, list) and len(p) == 2}


def error_card(event: dict[str, Any]) -> Html:
    """Return one Sentry event: what, where, when, its tags, its stack and its JSON."""
    fault = fault_of(event)
    return tag(
        "article",
        tag(
            "h3",
            clip(fault.type, 200),
            " ",
            tag("time", clock(unix_seconds(event.get("timestamp")))),
        ),
        tag("p", clip(fault.message), class_="message"),
        _chips(event),
        folded("Stack", _stack(fault.frames)) if fault.frames else "",
        folded("As it was sent", tag("pre", clip(pretty(event), 20_000))),
        _to_trace(trace_id_of(event)),
        class_="card error",
    )


def call_table(calls: Iterable[dict[str, Any]]) -> Html:
    """Return provider calls as the ledger has them."""
    names = ("When", "Model", "Tokens", "Cost", "Took", "Outcome", "Trace")
    return table(names, [_call_row(call) for call in calls])


def log_list(logs: Iterable[dict[str, Any]]) -> Html:
    """Return log entries, one line each, with their attributes inside."""
    return join(*[_log(entry) for entry in logs])


def attribute_list(attributes: dict[str, Any]) -> Html:
    """Return names and values one under the other."""
    pairs = [
        join(tag("dt", clip(name, 200)), tag("dd", clip(plain(value))))
        for name, value in attributes.items()
    ]
    return tag("dl", *pairs)


def _to_trace(trace_id: str) -> Html:
    """Return the way to the trace; the trace's own page hides it."""
    if not trace_id:
        return Html()
    words = trace_link(trace_id, "Trace")
    return tag("p", words, " ", tag("code", clip(trace_id, 40)), class_="to-trace")


def _chips(event: dict[str, Any]) -> Html:
    named = {"release": event.get("release"), "environment": event.get("environment")}
    chips = {name: text(value) for name, value in named.items() if value} | tags_of(event)
    drawn = [
        tag("li", tag("span", clip(name, 60)), " ", clip(value, 200))
        for name, value in chips.items()
    ]
    return tag("ul", *drawn, class_="chips")


def _stack(frames: list[dict[str, Any]]) -> Html:
    """Return the innermost frames, the place of the fault first."""
    innermost = reversed(frames[-_FRAMES:])
    return tag("ol", *[tag("li", tag("code", clip(_frame(f), 300))) for f in innermost])


def _frame(frame: dict[str, Any]) -> str:
    place = frame.get("filename") or frame.get("module") or "?"
    return f"{place}:{frame.get('lineno', '?')} in {frame.get('function', '?')}"


def _call_row(call: dict[str, Any]) -> list[str]:
    status, seconds = call.get("status"), call.get("seconds")
    mood = "good" if call.get("outcome") == "ok" else "bad"
    words = f"{text(call.get('outcome'))} {text(status)}".strip()
    trace_id = text(call.get("trace_id"))
    return [
        clock(unix_seconds(call.get("at"))),
        clip(text(call.get("model")), 60),
        f"{text(call.get('tokens_in'))} → {text(call.get('tokens_out'))}",
        f"${text(call.get('cost_usd'))}",
        took(seconds * 1000) if isinstance(seconds, int | float) else "",
        tag("span", clip(words, 60), class_=f"badge {mood}"),
        trace_link(trace_id, trace_id[:8]),
    ]


def _log(entry: dict[str, Any]) -> Html:
    level = text(entry.get("level"))
    mood = "bad" if level in {"error", "fatal"} else "warn" if level == "warn" else "calm"
    summary = join(
        tag("time", clock(unix_seconds(entry.get("timestamp")))),
        tag("span", clip(level, 20), class_=f"badge {mood}"),
        tag("span", clip(text(entry.get("body")), 300)),
    )
    attributes = entry.get("attributes")
    return folded(
        summary,
        attribute_list(attributes if isinstance(attributes, dict) else {}),
        _to_trace(text(entry.get("trace_id"))),
        class_="card line",
    )
