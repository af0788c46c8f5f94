"""Build HTML out of what programs under test sent, so that none of it can become HTML.

    tag("p", "1 < 2", class_="note")  ->  <p class="note">1 &lt; 2</p>

A string is escaped wherever it is put; only `tag` and `join` make `Html`, which is not.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape

_VOID = frozenset({"link", "meta"})
# Characters that turn the direction of all text around them: shown as escapes, not obeyed.
_TURNING = {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str) -> Html:
    """Return one element; `class_` is `class`, `data_label` is `data-label`."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_harmless(value)}"'
        for key, value in attributes.items()
    )
    if name in _VOID:
        return Html(f"<{name}{words}>")
    return Html(f"<{name}{words}>{join(*children)}</{name}>")


def join(*children: str) -> Html:
    """Return the children one after the other, escaped where they are not Html."""
    return Html("".join(c if isinstance(c, Html) else _harmless(c) for c in children))


def link(text: str, href: str) -> Html:
    """Return a link to another page of this one."""
    return tag("a", text, href=href)


def folded(summary: str, *children: str, class_: str = "") -> Html:
    """Return what opens with a click and needs no script."""
    return tag("details", tag("summary", summary), *children, class_=class_)


def clip(text: str, length: int = 2_000) -> str:
    """Shorten a long text, and say how long it was."""
    return text if len(text) <= length else f"{text[:length]}… ({len(text):,} characters)"


def plain(value: object) -> str:
    """Return text as it is and anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def pretty(value: object) -> str:
    """Return text as it is and anything else as indented JSON, for reading at leisure."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def count(number: int, noun: str) -> str:
    """Return a number and what it counts: 1 span, 1,200 spans."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def clock(unix_seconds: float) -> str:
    """Return a moment as its time of day, in UTC."""
    try:
        return datetime.fromtimestamp(unix_seconds, UTC).strftime("%H:%M:%S.%f")[:-3]
    except (ValueError, OverflowError, OSError):
        return "?"


def took(milliseconds: float) -> str:
    """Return a duration with three digits: 840 µs, 12.3 ms, 1.52 s."""
    if milliseconds < 1:
        return f"{milliseconds * 1000:.3g} µs"
    if milliseconds < 999.5:
        return f"{milliseconds:.3g} ms"
    return f"{milliseconds / 1000:,.2f} s"


def _harmless(text: str) -> str:
    return escape(text).translate(_TURNING)
