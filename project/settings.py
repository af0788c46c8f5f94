"""Every setting, read once from the environment: `python -m project.settings` prints the table.

A half-set or dangerous environment stops the start with one line that says what to set.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from project.environment import Environment, SettingsError, parse_number
from project.money import Nano, from_usd
from project.patterns.rate_limit import Unit, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

RedisDown = Literal["open", "closed", "local"]
Period = Literal["day", "month"]

# name, default, meaning
TABLE = (
    ("REDIS_URL", "redis://localhost:6379/0", "where the workers share their state"),
    ("REDIS_DEADLINE_SECONDS", "0.05", "a command that takes longer counts as Redis being away"),
    ("OPENAI_BASE_URL", "https://api.openai.com/v1", "the provider"),
    ("OPENAI_API_KEY", "(required)", "our key at the provider"),
    ("SENTRY_DSN", "", "where errors go; empty: nowhere"),
    ("ADMIN_TOKEN", "(required)", "opens the admin routes; at least 16 characters"),
    ("API_KEYS", "", "key=tenant:tier,..."),
    ("KEY_PEPPER", "", "mixed into stored key hashes; empty: derived from ADMIN_TOKEN"),
    ("RATE_LIMITS", "free=10/60,100/3600;pro=60/60,1000/3600", "tier=requests/seconds,...;..."),
    ("TOKEN_LIMITS", "", "tier=tokens/seconds,...;..."),
    ("IN_FLIGHT_LIMITS", "", "tier=calls that may run at once;... (free=2;pro=20)"),
    ("REDIS_DOWN", "local", "tier=open|closed|local;... or one word for all"),
    ("CACHE_SIMILARITY", "0.95", "how similar two questions must be to share an answer"),
    ("CACHE_TTL_SECONDS", "3600", "how long an answer lives"),
    ("EMBEDDER", "local", "local or openai"),
    ("BUDGETS", "", "tenant=USD/day|month,... (* = each other tenant, global = all)"),
    ("REQUEST_TIMEOUT_SECONDS", "30", "the deadline of a request, retries and waits included"),
    ("BREAKER_OPEN_SECONDS", "5", "how long an open breaker waits before it probes"),
    ("MAX_BODY_BYTES", "262144", "longer bodies get 413"),
    ("PORT", "8000", "where `python -m project.main` listens"),
)
DEFAULTS = {name: default for name, default, _ in TABLE if default != "(required)"}
_NO_TENANTS = {"global", "*"}  # what BUDGETS calls all tenants together, and each other one
_WEAK_TOKENS = {"changeme", "changethis", "secret", "password", "admin", "admin_token"}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A caller's key and whose it is."""

    key: str = field(repr=False)
    tenant: str
    tier: str


@dataclass(frozen=True, slots=True)
class Budget:
    """A tenant's limit for a day or a month (UTC)."""

    tenant: str
    limit: Nano
    period: Period


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment, understood."""

    redis_url: str = field(repr=False)  # may hold a password
    redis_deadline_seconds: float
    openai_base_url: str
    openai_api_key: str = field(repr=False)
    sentry_dsn: str
    admin_token: str = field(repr=False)
    api_keys: tuple[ApiKey, ...]
    key_pepper: str = field(repr=False)
    windows: Mapping[str, tuple[Window, ...]]
    in_flight_limits: Mapping[str, int]
    redis_down: Mapping[str, RedisDown]
    cache_similarity: float
    cache_ttl_seconds: float
    embedder: Literal["local", "openai"]
    budgets: tuple[Budget, ...]
    request_timeout_seconds: float
    breaker_open_seconds: float
    max_body_bytes: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the environment; raises `SettingsError` with one line that says what to set."""
        read = Environment(env, DEFAULTS)
        windows = _windows(read)
        admin_token = _admin_token(read)
        return cls(
            redis_url=read.url("REDIS_URL", ("redis", "rediss", "unix")),
            redis_deadline_seconds=read.number("REDIS_DEADLINE_SECONDS", at_least=0.001),
            openai_base_url=read.url("OPENAI_BASE_URL", ("http", "https")).rstrip("/"),
            openai_api_key=read.required("OPENAI_API_KEY"),
            sentry_dsn=read.text("SENTRY_DSN"),
            admin_token=admin_token,
            api_keys=_api_keys(read, windows),
            key_pepper=read.text("KEY_PEPPER") or f"pepper:{admin_token}",
            windows=windows,
            in_flight_limits=_in_flight_limits(read, windows),
            redis_down=_redis_down(read, windows),
            cache_similarity=read.number("CACHE_SIMILARITY", at_least=0, at_most=1),
            cache_ttl_seconds=read.number("CACHE_TTL_SECONDS", at_least=0.001),
            embedder=_embedder(read),
            budgets=_budgets(read),
            request_timeout_seconds=read.number("REQUEST_TIMEOUT_SECONDS", at_least=0.001),
            breaker_open_seconds=read.number("BREAKER_OPEN_SECONDS", at_least=0.001),
            max_body_bytes=int(read.number("MAX_BODY_BYTES", at_least=1)),
        )


def _admin_token(read: Environment) -> str:
    token = read.required("ADMIN_TOKEN")
    if token.lower() in _WEAK_TOKENS or len(token) < 16:
        raise SettingsError("ADMIN_TOKEN is too easy; set at least 16 random characters")
    return token


def _windows(read: Environment) -> dict[str, tuple[Window, ...]]:
    """Read both limit tables: requests first, then tokens."""
    tiers: dict[str, tuple[Window, ...]] = {}
    tables: tuple[tuple[str, Unit], ...] = (("RATE_LIMITS", "requests"), ("TOKEN_LIMITS", "tokens"))
    for name, unit in tables:
        for tier, text in read.entries(name, separator=";"):
            if unit == "tokens" and tier not in tiers:
                raise SettingsError(f"{name}: tier {tier!r} has no RATE_LIMITS")
            windows = tuple(_window(name, part, unit) for part in text.split(","))
            tiers[tier] = tiers.get(tier, ()) + windows
    return tiers


def _window(name: str, text: str, unit: Unit) -> Window:
    limit, _, seconds = text.partition("/")
    count, span = parse_number(name, limit), parse_number(name, seconds)
    if count < 1 or count != int(count) or span <= 0:
        raise SettingsError(f"{name}: {text!r} is not {unit}/seconds, such as 10/60")
    return Window(int(count), span, unit)


def _in_flight_limits(read: Environment, tiers: Mapping[str, object]) -> dict[str, int]:
    limits = {}
    for tier, text in read.entries("IN_FLIGHT_LIMITS", separator=";"):
        count = parse_number("IN_FLIGHT_LIMITS", text)
        if tier not in tiers:
            raise SettingsError(f"IN_FLIGHT_LIMITS: tier {tier!r} has no RATE_LIMITS")
        if count < 1 or count != int(count):
            raise SettingsError(f"IN_FLIGHT_LIMITS: {text!r} is not a number of calls, such as 2")
        limits[tier] = int(count)
    return limits


def _api_keys(read: Environment, tiers: Mapping[str, object]) -> tuple[ApiKey, ...]:
    """Read the keys; no part of an entry is quoted, for where the slip is a key may stand."""
    keys: dict[str, ApiKey] = {}
    for place, (key, owner) in enumerate(read.entries("API_KEYS", separator=","), start=1):
        tenant, _, tier = owner.partition(":")
        if not tenant or tenant in _NO_TENANTS or "=" in owner:
            raise SettingsError(f"API_KEYS: entry {place} is not of the form key=tenant:tier")
        if tier not in tiers:
            known = ", ".join(sorted(tiers))
            raise SettingsError(
                f"API_KEYS: the tier of entry {place} has no RATE_LIMITS (known: {known})"
            )
        if key in keys:
            raise SettingsError(f"API_KEYS: entry {place} repeats a key")
        keys[key] = ApiKey(key, tenant, tier)
    return tuple(keys.values())


def _redis_down(read: Environment, tiers: Mapping[str, object]) -> dict[str, RedisDown]:
    text = read.text("REDIS_DOWN")
    if "=" not in text:
        return dict.fromkeys(tiers, _policy(text))
    policies = dict.fromkeys(tiers, _policy("local"))
    for tier, word in read.entries("REDIS_DOWN", separator=";"):
        if tier not in tiers:
            raise SettingsError(f"REDIS_DOWN: tier {tier!r} has no RATE_LIMITS")
        policies[tier] = _policy(word)
    return policies


def _policy(word: str) -> RedisDown:
    for policy in get_args(RedisDown):
        if word == policy:
            return policy  # type: ignore[no-any-return]  # get_args is untyped
    raise SettingsError(f"REDIS_DOWN must be open, closed or local, not {word!r}")


def _embedder(read: Environment) -> Literal["local", "openai"]:
    match read.text("EMBEDDER"):
        case "local":
            return "local"
        case "openai":
            return "openai"
        case other:
            raise SettingsError(f"EMBEDDER must be local or openai, not {other!r}")


def _budgets(read: Environment) -> tuple[Budget, ...]:
    budgets: dict[tuple[str, Period], Budget] = {}
    for tenant, text in read.entries("BUDGETS", separator=","):
        amount, _, word = text.partition("/")
        period = _period(text, word)
        if (tenant, period) in budgets:
            raise SettingsError(f"BUDGETS: {tenant!r} has two limits for a {period}")
        budgets[tenant, period] = Budget(tenant, _usd(amount), period)
    return tuple(budgets.values())


def _period(text: str, word: str) -> Period:
    match word:
        case "day" | "month":
            return word
        case _:
            raise SettingsError(f"BUDGETS: {text!r} is not USD/day or USD/month")


def _usd(text: str) -> Nano:
    if parse_number("BUDGETS", text) < 0:
        raise SettingsError("BUDGETS must not be negative")
    return from_usd(text)


def main() -> None:
    """Print the table with the values that are set (secrets only as `set`)."""
    for name, default, meaning in TABLE:
        state = "set" if os.environ.get(name) else f"default {default}" if default else "not set"
        print(f"{name:28} {state:52} {meaning}")  # noqa: T201  # this command prints


if __name__ == "__main__":
    main()
