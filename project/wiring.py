"""The only file that names concrete classes: settings in, a running service out."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sentry_sdk
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from project import logs
from project.budgets import Budgets
from project.calibration import Calibration, shipped
from project.embeddings import LocalEmbedder, RemoteEmbedder
from project.errors import ApiError, InternalError, Malformed, NotFound
from project.guards import may_share
from project.in_flight import InFlight
from project.limits import Limits
from project.observer import Observer
from project.patterns.monitoring import Monitor
from project.patterns.rate_limit import RateLimiter
from project.patterns.retry import Policy
from project.patterns.semantic_cache import CachePolicy, Embedder, SemanticCache
from project.pipeline import Pipeline
from project.provider import Provider
from project.redis_link import RedisLink
from project.resilience import Resilience
from project.routes import admin, chat, embeddings, health
from project.tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from project.settings import Settings
    from project.trail import Trail

log = logging.getLogger("project.wiring")

CAREFUL_SIMILARITY = 0.9
REMOTE_EMBEDDING_MODEL = "text-embedding-3-small"
FLUSH_SECONDS = 2.0


@dataclass(slots=True)
class Service:
    """Everything that lives as long as a worker."""

    settings: Settings
    redis: RedisLink
    observer: Observer
    resilience: Resilience
    pipeline: Pipeline
    embedder_id: str
    draining: bool = False
    started: float = field(default_factory=time.monotonic)

    async def redis_seconds(self) -> float | None:
        """Return how long Redis takes to answer; None when it does not."""
        began = time.monotonic()
        try:
            await self.redis.execute_command("PING")
        except RedisError:
            return None
        return time.monotonic() - began


async def assemble(settings: Settings) -> Service:
    """Build the service; a Redis that is away delays nothing."""
    redis = RedisLink(settings.redis_url, deadline_seconds=settings.redis_deadline_seconds)
    await redis.start()
    provider = Provider.connect(
        settings.openai_base_url,
        api_key=settings.openai_api_key,
        read_seconds=settings.request_timeout_seconds,
    )
    embedder: Embedder
    if settings.embedder == "local":
        embedder = await LocalEmbedder.load()
    else:
        embedder = RemoteEmbedder(provider, model=REMOTE_EMBEDDING_MODEL)
    cache = cache_policy(settings, shipped(embedder.id))
    resilience = Resilience(
        Policy(
            deadline_seconds=settings.request_timeout_seconds,
            open_seconds=settings.breaker_open_seconds,
        )
    )
    pipeline = Pipeline(
        tenants=Tenants(settings.api_keys, pepper=settings.key_pepper),
        limits=Limits(RateLimiter(redis), settings.windows, settings.redis_down),
        in_flight=InFlight(redis, settings.in_flight_limits),
        cache=SemanticCache(redis, embedder, cache, guard=may_share),
        budgets=Budgets(redis, settings.budgets),
        provider=provider,
        resilience=resilience,
        observer=Observer(Monitor(redis)),
    )
    return Service(settings, redis, pipeline.observer, resilience, pipeline, embedder.id)


def cache_policy(settings: Settings, calibration: Calibration | None) -> CachePolicy:
    """Turn CACHE_SIMILARITY into this embedder's cosine, and say what it does not promise."""
    asked, ttl = settings.cache_similarity, settings.cache_ttl_seconds
    if asked < CAREFUL_SIMILARITY:
        log.warning("CACHE_SIMILARITY is %g: below 0.9 expect wrong answers", asked)
    if calibration is None:
        log.warning("this embedder has no calibration: CACHE_SIMILARITY is compared with cosine")
        return CachePolicy(asked, ttl)
    threshold = calibration.cosine_at(asked)
    if threshold > 1:
        log.warning("CACHE_SIMILARITY %g is never reached: only exact repeats are answered", asked)
    return CachePolicy(threshold, ttl, scale=calibration)


async def dismantle(service: Service) -> None:
    """Lose nothing on the way out: what is counted is written, what is reported is sent."""
    service.draining = True
    await service.observer.drain()
    await service.pipeline.provider.aclose()
    await service.redis.aclose()
    await asyncio.to_thread(sentry_sdk.flush, FLUSH_SECONDS)


def report_to_sentry(dsn: str) -> None:
    """Send errors, and only errors: no framework integration, no local variables, no headers."""
    sentry_sdk.init(
        dsn=dsn or None,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        release="sprint5@0.1.0",
    )


def create_app(settings: Settings) -> FastAPI:
    """Return the application; nothing is opened before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logs.configure()
        report_to_sentry(settings.sentry_dsn)
        app.state.service = await assemble(settings)
        try:
            yield
        finally:
            await dismantle(app.state.service)

    app = FastAPI(title="Sprint 5 AI API", version="0.1.0", lifespan=lifespan)
    for module in (chat, embeddings, health, admin):
        app.include_router(module.router)
    app.add_exception_handler(ApiError, _answer_error)
    app.add_exception_handler(HTTPException, _answer_http_error)
    app.add_exception_handler(Exception, _answer_fault)
    return app


async def _answer_error(request: Request, error: Exception) -> JSONResponse:
    """Tell the caller in OpenAI's words, with the headers of as far as the request came."""
    if not isinstance(error, ApiError):
        raise error
    trail: Trail | None = getattr(request.state, "trail", None)
    headers = {**(trail.headers() if trail else {}), **error.headers()}
    return JSONResponse(error.body(), error.http_status, headers)


async def _answer_http_error(request: Request, error: Exception) -> JSONResponse:
    """Give the framework's own 404 and 405 the same body."""
    if not isinstance(error, HTTPException):
        raise error
    told = (
        NotFound("there is no such path") if error.status_code == 404 else Malformed(error.detail)
    )
    answer = await _answer_error(request, told)
    return JSONResponse(told.body(), error.status_code, {**answer.headers, **(error.headers or {})})


async def _answer_fault(request: Request, _error: Exception) -> JSONResponse:
    """Answer a fault of our own; what it was is in the log and at Sentry."""
    return await _answer_error(request, InternalError("this service failed; it has been reported"))
