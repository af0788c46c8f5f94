"""For the people who run the service: the numbers as JSON and for Prometheus."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from project.errors import Unauthorized
from project.routes.http import service_of
from project.snapshot import prometheus, snapshot

router = APIRouter()

MINUTES = 60


def admin(request: Request) -> None:
    """Let in who has the ADMIN_TOKEN."""
    expected = f"Bearer {service_of(request).settings.admin_token}".encode()
    given = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(expected, given):
        raise Unauthorized("this route wants `Authorization: Bearer ADMIN_TOKEN`")


AdminDep = Annotated[None, Depends(admin)]


@router.get("/admin/snapshot")
async def read_snapshot(request: Request, _admin: AdminDep) -> dict[str, object]:
    """Return the last hour of all workers together."""
    service = service_of(request)
    totals = await service.observer.monitor.totals(minutes=MINUTES)
    return snapshot(totals, window_seconds=MINUTES * 60, breaker=service.resilience.states())


@router.get("/metrics")
async def read_metrics(request: Request, _admin: AdminDep) -> PlainTextResponse:
    """Return the same numbers as Prometheus text."""
    totals = await service_of(request).observer.monitor.totals(minutes=MINUTES)
    return PlainTextResponse(prometheus(totals), media_type="text/plain; version=0.0.4")
