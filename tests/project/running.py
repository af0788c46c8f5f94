"""A running API for tests: a process of its own, between a Redis and a world of the test's own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import openai
import redis

from world.client import World
from world.otlp import OtlpIngest
from world.provider import Provider
from world.redis import RedisServer
from world.sentry import SentryIngest
from world.server import serve
from world.webhooks import WebhookSink
from world.workloads import PUBLIC, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDER_KEY = "sk-tests"
ADMIN_TOKEN = "a-token-of-the-tests-only"
START_SECONDS = 20.0
KEYS = {"free": "key-free", "pro": "key-pro", "other": "key-other"}


@dataclass(frozen=True)
class Place:
    """What the API talks to."""

    redis: RedisServer
    world: World

    def reset(self) -> None:
        """Forget what earlier tests did."""
        with redis.Redis.from_url(self.redis.url) as client:
            client.flushall()
        self.world.reset()


@dataclass(frozen=True)
class Api:
    """A running API, seen from outside."""

    url: str
    place: Place
    process: subprocess.Popen[bytes]
    http: httpx.Client = field(repr=False)

    def client(self, who: str = "pro") -> openai.OpenAI:
        """Return the unmodified `openai` package, pointed here; it must not retry on its own."""
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=KEYS[who], max_retries=0)

    def ask(self, text: str, *, who: str = "pro", **more: Any) -> httpx.Response:
        """Send one question as plain HTTP and return the whole response."""
        headers = {"Authorization": f"Bearer {KEYS[who]}", **more.pop("headers", {})}
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more}
        return self.http.post("/v1/chat/completions", json=body, headers=headers)

    def admin(self, path: str) -> httpx.Response:
        """Read an admin route."""
        return self.http.get(path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})


@contextmanager
def place() -> Iterator[Place]:
    """Start a Redis, a provider without latency, and a Sentry ingest."""
    provider = Provider(key=PROVIDER_KEY, workload=Workload.load(PUBLIC), seed=5)
    server = RedisServer()
    with server, serve([provider, SentryIngest(), OtlpIngest(), WebhookSink()]) as url:
        yield Place(server, World(url))


@contextmanager
def api(place: Place, *, workers: int = 1, **env: str) -> Iterator[Api]:
    """Run `uvicorn project.main:app` until the block ends; `env` changes its settings."""
    settings = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "REDIS_URL": place.redis.url,
        "REDIS_DEADLINE_SECONDS": "0.5",  # two cores share all tests
        "OPENAI_BASE_URL": f"{place.world.url}/v1",
        "OPENAI_API_KEY": PROVIDER_KEY,
        "SENTRY_DSN": place.world.url.replace("//", "//public@") + "/1",
        "ADMIN_TOKEN": ADMIN_TOKEN,
        "API_KEYS": ",".join(f"{KEYS[who]}={who}:{_tier(who)}" for who in KEYS),
        "RATE_LIMITS": "free=10/60,100/3600;pro=100000/60",
        **env,
    }
    port = free_port()
    command = [sys.executable, "-W", "error", "-m", "uvicorn", "project.main:app"]
    options = ["--port", str(port), "--workers", str(workers), "--log-level", "warning"]
    process = subprocess.Popen([*command, *options], env=settings, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, timeout=40, trust_env=False) as http:
            _wait(http, process)
            yield Api(url, place, process, http)
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tier(who: str) -> str:
    return "free" if who == "free" else "pro"


def _wait(http: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            http.get("/livez")
            return
        time.sleep(0.02)
    raise AssertionError(f"the API did not start (exit code {process.poll()})")
