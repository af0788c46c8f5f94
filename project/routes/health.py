"""Is the process alive, may traffic come, and how is each dependency."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from project.calibration import shipped
from project.routes.admin import AdminDep
from project.routes.http import service_of

router = APIRouter()


@router.get("/livez")
async def live() -> dict[str, str]:
    """Answer without asking anybody: a dead Redis is no reason to restart this process."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Say whether traffic may come, and if not, which part fails."""
    service = service_of(request)
    failing = [] if await service.redis_seconds() is not None else ["redis"]
    if service.draining:
        failing.append("draining")
    body = {"status": "failing" if failing else "ok", "failing": failing}
    return JSONResponse(body, 503 if failing else 200)


@router.get("/healthz")
async def health(request: Request, _admin: AdminDep) -> dict[str, object]:
    """Show every dependency with its latency, and the breakers."""
    service = service_of(request)
    seconds = await service.redis_seconds()
    return {
        "redis": {"up": seconds is not None, "ms": seconds and round(seconds * 1000, 3)},
        "breaker": service.resilience.states(),
        "embedder": service.embedder_id,
        "similarity": "calibrated" if shipped(service.embedder_id) else "raw cosine",
        "records_lost": service.observer.lost,
        "uptime_seconds": round(time.monotonic() - service.started, 1),
    }
