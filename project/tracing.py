"""Who called, in W3C Trace Context words: one trace id from the caller to the provider.

Source of the format: W3C Trace Context, level 1, `version-traceid-parentid-flags`.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A trace, and our own span in it."""

    trace_id: str
    span_id: str
    parent_id: str | None
    sampled: bool

    @classmethod
    def from_header(cls, traceparent: str | None) -> TraceContext:
        """Continue the caller's trace; begin a new one where the header is missing or malformed."""
        found = _TRACEPARENT.fullmatch(traceparent or "")
        if found is None or not int(found[1], 16) or not int(found[2], 16):
            return cls(secrets.token_hex(16), secrets.token_hex(8), None, sampled=False)
        return cls(found[1], secrets.token_hex(8), found[2], sampled=bool(int(found[3], 16) & 1))

    def header(self) -> str:
        """Return the `traceparent` of our span, for whom we call."""
        return f"00-{self.trace_id}-{self.span_id}-0{int(self.sampled)}"


def request_id(header: str | None) -> str:
    """Keep the caller's request id when it is harmless; make one otherwise."""
    if header is not None and _REQUEST_ID.fullmatch(header):
        return header
    return f"req_{secrets.token_hex(12)}"
