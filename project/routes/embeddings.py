"""`POST /v1/embeddings`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from project.models import EmbeddingCall
from project.routes.http import BodyDep, TrailDep, service_of

router = APIRouter()


@router.post("/v1/embeddings")
async def create_embeddings(request: Request, trail: TrailDep, body: BodyDep) -> Response:
    """Answer with one vector a text."""
    call = EmbeddingCall.from_json(body)
    answer = await service_of(request).pipeline.embed(call, trail)
    headers = {**trail.headers(), "X-Cost-USD": trail.cost_usd()}
    return Response(answer, media_type="application/json", headers=headers)
