"""Everything that the world serves over HTTP, put together."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from world.environment import PROVIDER_KEY
from world.faults import Capacity
from world.otlp import OtlpIngest
from world.page import Page
from world.provider import Provider
from world.sentry import SentryIngest
from world.server import Facts, serve
from world.webhooks import WebhookSink
from world.workloads import PUBLIC, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from world.order import Order
    from world.server import Part

PAGE_CALLS = 2_000


@contextlib.contextmanager
def serve_all(order: Order, redis_url: str | None) -> Iterator[str]:
    """Serve all parts and yield their address.

    All of them, also where only one is missing in the environment: the control addresses and the
    page are then complete, and what nobody points at is simply not called.
    """
    settings = order.settings
    capacity = Capacity(latency_seconds=settings.latency_seconds)
    provider = Provider(
        key=PROVIDER_KEY,
        workload=Workload.load(settings.workload or PUBLIC),
        seed=settings.seed,
        capacity=capacity,
    )
    facts = Facts(
        {
            "seed": settings.seed,
            "parts": ["redis"] * order.redis + list(order.standins),
            "redis_url": redis_url,
            "capacity": capacity.as_json(),
        }
    )
    sentry, otlp, webhooks = SentryIngest(), OtlpIngest(), WebhookSink()
    page = Page(sentry=sentry, otlp=otlp, webhooks=webhooks, calls=lambda: _newest_calls(provider))
    parts: list[Part] = [provider, sentry, otlp, webhooks, page, facts]
    with serve(parts, port=settings.port) as url:
        yield url


def _newest_calls(provider: Provider) -> list[dict[str, Any]]:
    ledger = provider.ledger
    return [call.as_json() for call in ledger.calls(max(0, ledger.ended - PAGE_CALLS))]
