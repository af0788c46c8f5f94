"""`POST /v1/chat/completions`, whole or streamed, and `GET /v1/models`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from project.costs import PRICES
from project.errors import ApiError
from project.models import ChatCall
from project.routes.http import BodyDep, TrailDep, service_of
from project.streaming import sse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

router = APIRouter()


@router.post("/v1/chat/completions")
async def create_chat_completion(request: Request, trail: TrailDep, body: BodyDep) -> Response:
    """Answer a chat completion."""
    call = ChatCall.from_json(body)
    pipeline = service_of(request).pipeline
    if not call.stream:
        answer = await pipeline.chat(call, trail)
        headers = {**trail.headers(), "X-Cost-USD": trail.cost_usd()}
        return Response(answer, media_type="application/json", headers=headers)
    events = pipeline.stream(call, trail)
    first = await anext(events)  # a refusal is raised here, before any header is sent
    return StreamingResponse(
        _events(first, events), media_type="text/event-stream", headers=trail.headers()
    )


@router.get("/v1/models")
async def list_models(request: Request, trail: TrailDep) -> JSONResponse:
    """List the models that have a price."""
    service_of(request).pipeline.tenants.authenticate(trail.authorization)
    models = [{"id": m, "object": "model", "created": 0, "owned_by": "openai"} for m in PRICES]
    return JSONResponse({"object": "list", "data": models}, headers=trail.headers())


async def _events(first: bytes, events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Send the rest of a stream; what breaks it is its last event, since the status is sent."""
    async with aclosing(events):
        yield first
        try:
            async for event in events:
                yield event
        except ApiError as error:
            yield sse(error.body())
