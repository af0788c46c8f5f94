"""What one request leaves behind: each step writes its part; headers and monitor read it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from project.money import to_usd

if TYPE_CHECKING:
    from project.money import Nano
    from project.patterns.monitoring import Outcome
    from project.patterns.rate_limit import Decision
    from project.tenants import Tenant
    from project.tracing import TraceContext

CacheTier = Literal["exact", "semantic", "stale", "miss", "bypass"]
Missing = Literal["limits", "cache", "budget", "telemetry", "model"]


@dataclass(slots=True)
class Trail:
    """One request, from its headers to its end."""

    authorization: str | None
    request_id: str
    trace: TraceContext
    prompt_version: str = ""
    cache_control: str = ""
    began: float = field(default_factory=time.monotonic)
    tenant: Tenant | None = None
    model: str = ""
    quota: Decision | None = None
    cache: CacheTier | None = None
    similarity: float = 0.0
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Nano = 0
    saved: Nano = 0
    outcome: Outcome = "miss"
    degraded: list[Missing] = field(default_factory=list)

    @property
    def no_store(self) -> bool:
        """Whether the caller wants nothing kept."""
        return "no-store" in self.cache_control

    @property
    def no_cache(self) -> bool:
        """Whether the caller wants a new answer."""
        return "no-cache" in self.cache_control

    def lacks(self, part: Missing) -> None:
        """Note what this answer can no longer promise."""
        if part not in self.degraded:
            self.degraded.append(part)

    def upstream_headers(self) -> dict[str, str]:
        """Return what the provider should know of this request."""
        return {"traceparent": self.trace.header(), "X-Request-Id": self.request_id}

    def headers(self) -> dict[str, str]:
        """Return the answer's headers, as far as the request has come."""
        fields = {"X-Request-Id": self.request_id, "traceparent": self.trace.header()}
        if self.quota is not None:
            fields |= self.quota.headers()
        if self.cache is not None:
            fields["X-Cache"] = self.cache
        if self.cache == "semantic":
            fields["X-Cache-Similarity"] = f"{self.similarity:.3f}"
        if self.attempts:
            fields["X-Attempts"] = str(self.attempts)
        if self.degraded:
            fields["X-Degraded"] = ", ".join(self.degraded)
        return fields

    def cost_usd(self) -> str:
        """Return what this answer cost the tenant."""
        return to_usd(self.cost)
