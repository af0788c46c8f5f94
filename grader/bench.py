"""A submission's service, running, with everything around it that it talks to and that is ours.

Redis, provider and Sentry belong to the grader: what the service did is read there, and not asked
of the service. Each service gets fresh ones.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from grader.check import Failed
from grader.sandbox import PYTHON
from grader.terms import Callers
from world.provider import Provider
from world.redis import RedisServer
from world.sentry import SentryIngest
from world.server import HOST, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.program import Program
    from grader.sandbox import Sandbox
    from grader.terms import Terms
    from world.workloads import Workload

# What uvicorn says of a worker.
READY = "Application startup complete."
DIED = "] died"
CHATTER = "INFO:"
HINT = "start it yourself: world python -m uvicorn project.main:app --workers 2"
_ALL_READY_SECONDS = 5.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only the service may know, for checks that look for it elsewhere."""

    provider_key: str
    admin_token: str

    @classmethod
    def draw(cls, random: Random) -> Secrets:
        """Make new ones."""
        return cls(f"sk-{random.randbytes(20).hex()}", random.randbytes(20).hex())


@dataclass(frozen=True, slots=True)
class Bench:
    """One running service and the world that it was started into."""

    url: str
    callers: Callers
    secrets: Secrets
    redis: RedisServer
    provider: Provider
    sentry: SentryIngest
    world_url: str
    workload: Workload
    program: Program

    @classmethod
    @contextlib.contextmanager
    def open(
        cls, sandbox: Sandbox, terms: Terms, *, seed: int, workload: Workload
    ) -> Iterator[Bench]:
        """Start the world and the service; raises `Failed` where the service does not start."""
        # Not for secrets that last: the same seed must make the same run.
        random = Random(f"{seed} {terms.name}")  # noqa: S311
        callers, secrets = Callers(random), Secrets.draw(random)
        redis, sentry = RedisServer(), SentryIngest()
        provider = Provider(key=secrets.provider_key, workload=workload, seed=seed)
        with redis as redis_url, serve([provider, sentry]) as world_url:
            variables = {
                "REDIS_URL": redis_url,
                "OPENAI_BASE_URL": f"{world_url}/v1",
                "OPENAI_API_KEY": secrets.provider_key,
                "SENTRY_DSN": f"{world_url.replace('://', '://public@')}/1",
                "ADMIN_TOKEN": secrets.admin_token,
                **callers.variables(),
                **dict(terms.variables),
            }
            with _service(sandbox, terms, variables) as (url, program):
                yield cls(
                    url, callers, secrets, redis, provider, sentry, world_url, workload, program
                )


@contextlib.contextmanager
def _service(
    sandbox: Sandbox, terms: Terms, variables: dict[str, str]
) -> Iterator[tuple[str, Program]]:
    port = _free_port()
    command = (*PYTHON, "-m", "uvicorn", "project.main:app", "--host", HOST, "--port", str(port))
    with sandbox.start([*command, "--workers", str(terms.workers)], variables) as program:
        _wait_until_up(program, port, terms)
        yield f"http://{HOST}:{port}", program


def _wait_until_up(program: Program, port: int, terms: Terms) -> None:
    """Wait until the service answers, then a moment for its other workers."""
    deadline = time.monotonic() + terms.boot_seconds
    while not _answers(port):
        if why := _why_not(program, deadline):
            program.kill()
            raise Failed(
                "the service starts", f"{why}: {program.last_words(but_not=CHATTER)[:200]}", HINT
            )
        time.sleep(_POLL_SECONDS)
    deadline = min(deadline, time.monotonic() + _ALL_READY_SECONDS)
    while program.output.count(READY) < terms.workers and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _why_not(program: Program, deadline: float) -> str | None:
    if reason := program.ended():
        return reason
    if DIED in program.output:
        return "a worker died while it started"
    return "it did not answer in time" if time.monotonic() > deadline else None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2.0)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/livez")
        connection.getresponse()
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
