"""Which environment variables the world sets: those of every stand-in, and never one that is set.

A group of variables is configured as soon as one of them is set, also to nothing: SENTRY_DSN= means
"no Sentry". The provider's key and address are one group, so that a real key never reaches a
stand-in and a stand-in's key never reaches the real API.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORLD_URL = "WORLD_URL"
PROVIDER_KEY = "sk-local"
API_KEYS = "demo-free=demo:free,demo-pro=demo:pro"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts are: `http` serves all but Redis; None is a part that does not run."""

    http: str | None = None
    redis: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Variables that are set together or not at all, with one that is shown to people."""

    name: str
    shown: str
    variables: tuple[str, ...]
    values: Callable[[str], tuple[str, ...]]


REDIS = Group("redis", "REDIS_URL", ("REDIS_URL",), lambda url: (url,))
HTTP = (
    Group(
        "provider",
        "OPENAI_BASE_URL",
        ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
        lambda url: (f"{url}/v1", PROVIDER_KEY),
    ),
    Group(
        "sentry",
        "SENTRY_DSN",
        ("SENTRY_DSN",),
        lambda url: (f"{url.replace('://', '://public@')}/1",),
    ),
    Group(
        "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT", ("OTEL_EXPORTER_OTLP_ENDPOINT",), lambda url: (url,)
    ),
    Group("webhook", "ALERT_WEBHOOK_URL", ("ALERT_WEBHOOK_URL",), lambda url: (f"{url}/webhook",)),
)
GENERATED: dict[str, tuple[str, Callable[[], str]]] = {
    "admin": ("ADMIN_TOKEN", lambda: secrets.token_hex(24)),
    "keys": ("API_KEYS", lambda: API_KEYS),
}


def is_missing(group: Group, environ: Mapping[str, str]) -> bool:
    """Tell whether nothing of a group is configured."""
    return not any(name in environ for name in group.variables)


def missing_http(environ: Mapping[str, str]) -> tuple[Group, ...]:
    """Return the groups that a stand-in served over HTTP must fill in."""
    return tuple(group for group in HTTP if is_missing(group, environ))


def additions(environ: Mapping[str, str], addresses: Addresses) -> dict[str, str]:
    """Return the variables to add to an environment, in the order people read them."""
    added: dict[str, str] = {}
    if addresses.redis and is_missing(REDIS, environ):
        added |= _filled(REDIS, addresses.redis)
    if addresses.http:
        for group in missing_http(environ):
            added |= _filled(group, addresses.http)
        if WORLD_URL not in environ:
            added[WORLD_URL] = addresses.http
    for name, generate in GENERATED.values():
        if name not in environ:
            added[name] = generate()
    return added


def lines(added: Mapping[str, str]) -> list[str]:
    """Return what to tell people about the added variables, one line a stand-in."""
    shown = {group.shown: group.name for group in (REDIS, *HTTP)}
    shown |= {WORLD_URL: "page"} | {name: label for label, (name, _) in GENERATED.items()}
    return [
        f"world: {label:<9}{name}={added[name]}" for name, label in shown.items() if name in added
    ]


def _filled(group: Group, url: str) -> dict[str, str]:
    return dict(zip(group.variables, group.values(url), strict=True))
