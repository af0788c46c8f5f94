"""One trace id from the caller to the provider, whatever the caller sends."""

from __future__ import annotations

import re

import pytest

from project.tracing import TraceContext, request_id

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("flags", "sampled"), [("00", False), ("01", True), ("03", True), ("02", False), ("ff", True)]
)
def test_the_callers_trace_is_continued(flags: str, sampled: bool) -> None:
    """Trace id and sampling are the caller's, the span is ours."""
    context = TraceContext.from_header(f"00-{TRACE}-{PARENT}-{flags}")
    assert (context.trace_id, context.parent_id, context.sampled) == (TRACE, PARENT, sampled)
    assert context.header() == f"00-{TRACE}-{context.span_id}-0{int(sampled)}"
    assert context.span_id != PARENT


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        TRACE,
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE}-{PARENT}-01\n",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}g-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-0\u0661",
    ],
)
def test_what_is_no_traceparent_begins_a_new_trace(header: str | None) -> None:
    """Malformed is as good as missing; two requests never share the new id."""
    one, two = TraceContext.from_header(header), TraceContext.from_header(header)
    assert (one.parent_id, one.sampled) == (None, False)
    assert TRACE not in {one.trace_id, two.trace_id}
    assert one.trace_id != two.trace_id
    assert TraceContext.from_header(one.header()).trace_id == one.trace_id


@pytest.mark.parametrize("given", ["a", "req-1.2:3_4", "x" * 64])
def test_a_harmless_request_id_is_kept(given: str) -> None:
    """The caller finds its own id again."""
    assert request_id(given) == given


@pytest.mark.parametrize(
    "given",
    [None, "", "x" * 65, "a b", "a\r\nSet-Cookie: x", "a\n", "<script>", "é", "a/b", "a\x00"],
)
def test_any_other_request_id_is_replaced(given: str | None) -> None:
    """Nothing that a caller writes can get into a header or a log in this way."""
    assert re.fullmatch(r"req_[0-9a-f]{24}", request_id(given))
    assert request_id(given) != request_id(given)
