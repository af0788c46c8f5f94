"""The counters of all workers, as the dashboard's JSON and as Prometheus text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from project.money import to_usd
from project.patterns.monitoring import Outcome, latencies, percentile

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVED: tuple[Outcome, ...] = ("exact", "semantic", "miss")


def snapshot(
    totals: Mapping[str, int], *, window_seconds: int, breaker: Mapping[str, str]
) -> dict[str, Any]:
    """Return DESIGN's snapshot; rates are None where nothing was counted."""
    requests = {outcome: totals.get(f"requests:{outcome}", 0) for outcome in get_args(Outcome)}
    served = sum(requests[outcome] for outcome in SERVED)
    tried = served + requests["error"]
    return {
        "window_seconds": window_seconds,
        "requests": requests,
        "latency_ms": {side: _latency(latencies(totals, side)) for side in ("hit", "miss")},
        "tokens": {side: _by(totals, f"tokens_{side}:") for side in ("in", "out")},
        "cost_usd": {
            "total": to_usd(sum(_by(totals, "cost:tenant:").values())),
            "by_tenant": _usd(_by(totals, "cost:tenant:")),
            "by_model": _usd(_by(totals, "cost:model:")),
        },
        "saved_usd": to_usd(sum(_by(totals, "saved:").values())),
        "hit_rate": (requests["exact"] + requests["semantic"]) / served if served else None,
        "error_rate": requests["error"] / tried if tried else None,
        "retries": totals.get("retries", 0),
        "breaker": dict(breaker),
    }


def prometheus(totals: Mapping[str, int]) -> str:
    """Return the counters in Prometheus' text format, version 0.0.4."""
    lines = ["# TYPE ai_requests gauge"]
    lines += _samples(totals, "requests:", "ai_requests", "outcome")
    lines += ["# TYPE ai_cost_nanodollars gauge"]
    lines += _samples(totals, "cost:tenant:", "ai_cost_nanodollars", "tenant")
    lines += ["# TYPE ai_retries gauge", f"ai_retries {totals.get('retries', 0)}"]
    return "\n".join(lines) + "\n"


def _latency(buckets: dict[int, int]) -> dict[str, float | int | None]:
    marks = {
        name: percentile(buckets, p) for name, p in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    rounded = {name: None if ms is None else round(ms, 3) for name, ms in marks.items()}
    return {**rounded, "n": sum(buckets.values())}


def _by(totals: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {k.removeprefix(prefix): v for k, v in totals.items() if k.startswith(prefix)}


def _usd(amounts: Mapping[str, int]) -> dict[str, str]:
    return {name: to_usd(amount) for name, amount in amounts.items()}


def _samples(totals: Mapping[str, int], prefix: str, metric: str, label: str) -> list[str]:
    """Return one line a label value, escaped as the format asks."""
    return [
        f'{metric}{{{label}="{_escape(name)}"}} {value}'
        for name, value in sorted(_by(totals, prefix).items())
    ]


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
