"""A model provider on the local machine, over real HTTP, for the unmodified `openai` package.

with serve([Provider(key="sk-local", workload=Workload.load(PUBLIC))]) as url:
    client = OpenAI(base_url=f"{url}/v1", api_key="sk-local", max_retries=0)
    client.chat.completions.create(model="gpt-4o-mini", messages=[...])
    httpx.get(f"{url}/ledger").json()["calls"][-1]["outcome"]  ->  "ok"
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response
from starlette.routing import Route

from world.backend import Backend
from world.completions import ChatReply
from world.control import BadControl
from world.embeddings import Embedder, EmbeddingReply
from world.faults import Capacity, parse_capacity, parse_rules
from world.http import Exchange
from world.models import described, known, listed
from world.openai_errors import no_route, unknown_model

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from world.answers import Knowledge
    from world.faults import Rule
    from world.ledger import Ledger


class Provider:
    """The provider's addresses, and those that control it: /ledger, /faults, /capacity.

    `key` is the only API key it takes; `workload` gives the prepared answers (None: it has none);
    `clock` gives Unix time for the ledger, the quota and the time windows of faults.
    """

    def __init__(
        self,
        *,
        key: str,
        workload: Knowledge | None,
        seed: int = 5,
        capacity: Capacity | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._workload = workload
        self._embedder = Embedder()
        self._backend = Backend(key=key, seed=seed, clock=clock)
        self.set_capacity(capacity or Capacity())

    @property
    def ledger(self) -> Ledger:
        """What the provider really saw."""
        return self._backend.ledger

    def set_faults(self, rules: Sequence[Rule]) -> None:
        """Replace all fault rules; their time begins now."""
        self._backend.set_faults(rules)

    def set_capacity(self, capacity: Capacity) -> None:
        """Replace the capacity; the quota's window begins empty."""
        self._backend.set_capacity(capacity)

    def routes(self) -> list[Route]:
        """Return all addresses; put them first in an application, they are the busiest."""
        return [
            Route("/v1/chat/completions", _Endpoint(self._chat), methods=["POST"]),
            Route("/v1/embeddings", _Endpoint(self._embeddings), methods=["POST"]),
            Route("/v1/models", _Endpoint(self._models), methods=["GET"]),
            Route("/v1/models/{name}", _Endpoint(self._model), methods=["GET"]),
            Route("/v1/{rest:path}", _Endpoint(self._nowhere)),
            Route("/ledger", self._get_ledger, methods=["GET"]),
            Route("/ledger", self._delete_ledger, methods=["DELETE"]),
            Route("/faults", self._get_faults, methods=["GET"]),
            Route("/faults", self._put_faults, methods=["PUT"]),
            Route("/faults", self._delete_faults, methods=["DELETE"]),
            Route("/capacity", self._get_capacity, methods=["GET"]),
            Route("/capacity", self._put_capacity, methods=["PUT"]),
        ]

    async def _chat(self, web: Exchange) -> None:
        await self._backend.serve(web, lambda body: ChatReply.to(body, self._workload))

    async def _embeddings(self, web: Exchange) -> None:
        await self._backend.serve(web, lambda body: EmbeddingReply.to(body, self._embedder))

    async def _models(self, web: Exchange) -> None:
        await self._backend.look_up(web, listed)

    async def _model(self, web: Exchange) -> None:
        await self._backend.look_up(web, lambda: _model_named(web.path.rsplit("/", 1)[-1]))

    async def _nowhere(self, web: Exchange) -> None:
        await self._backend.look_up(web, lambda: _nothing(web))

    async def _get_ledger(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit()):
            return _refusal(f"since: expected a whole number of at least 0, got {since[:60]!r}")
        ledger = self._backend.ledger
        calls = [call.as_json() for call in ledger.calls(int(since))]
        return _json({"calls": calls, "next": ledger.ended, "in_progress": self._backend.open})

    async def _delete_ledger(self, _request: Request) -> Response:
        self._backend.ledger.clear()
        return _json({"calls": [], "next": 0, "in_progress": self._backend.open})

    async def _get_faults(self, _request: Request) -> Response:
        return _json(self._backend.faults.as_json())

    async def _put_faults(self, request: Request) -> Response:
        try:
            self.set_faults(parse_rules(await _body(request)))
        except BadControl as error:
            return _refusal(str(error))
        return _json(self._backend.faults.as_json())

    async def _delete_faults(self, _request: Request) -> Response:
        self.set_faults([])
        return _json([])

    async def _get_capacity(self, _request: Request) -> Response:
        return _json(self._backend.capacity.as_json())

    async def _put_capacity(self, request: Request) -> Response:
        try:
            self.set_capacity(parse_capacity(await _body(request)))
        except BadControl as error:
            return _refusal(str(error))
        return _json(self._backend.capacity.as_json())


class _Endpoint:
    """A route that Starlette runs as plain ASGI, with no Request object built for each call."""

    def __init__(self, handle: Callable[[Exchange], Awaitable[None]]) -> None:
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._handle(Exchange(scope, receive, send))


def _model_named(name: str) -> dict[str, Any]:
    if not known(name):
        raise unknown_model(name)
    return described(name)


def _nothing(web: Exchange) -> dict[str, Any]:
    raise no_route(web.method, web.path)


async def _body(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise BadControl(f"body: not JSON ({error})") from error


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


def _refusal(message: str) -> Response:
    return _json({"error": {"message": message}}, 422)
