"""What all routes share: the parts, the trail of a request, its body within bounds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from project.errors import BodyTooLarge, Malformed
from project.tracing import TraceContext, request_id
from project.trail import Trail

if TYPE_CHECKING:
    from project.wiring import Service

BODY_SECONDS = 10.0


def service_of(request: Request) -> Service:
    """Return the assembled service."""
    service: Service = request.app.state.service
    return service


def trail_of(request: Request) -> Trail:
    """Begin the request's trail; the error handlers find it on the request."""
    headers = request.headers
    trail = Trail(
        authorization=headers.get("authorization"),
        request_id=request_id(headers.get("x-request-id")),
        trace=TraceContext.from_header(headers.get("traceparent")),
        prompt_version=headers.get("x-prompt-version", ""),
        cache_control=headers.get("cache-control", "").lower(),
    )
    request.state.trail = trail
    return trail


async def body_of(request: Request) -> bytes:
    """Read the body: no more than `MAX_BODY_BYTES`, and no slower than `BODY_SECONDS`."""
    most = service_of(request).settings.max_body_bytes
    stated = request.headers.get("content-length", "0")
    if stated.isdigit() and int(stated) > most:
        raise BodyTooLarge(f"the body may have {most} bytes")
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise BodyTooLarge(f"the body may have {most} bytes")
                parts.append(part)
    except TimeoutError:
        raise Malformed(f"the body did not arrive within {BODY_SECONDS:g} s") from None
    return b"".join(parts)


# The trail comes first: a body that is refused is answered with a request id too.
TrailDep = Annotated[Trail, Depends(trail_of)]
BodyDep = Annotated[bytes, Depends(body_of)]
