"""Answer a question that was asked before, in the same words or in others.

"Where is my order?" is answered by the provider and kept. The same words a minute later: the exact
tier finds them by their hash. "where's my order??" has another hash, but its embedding points the
same way: the semantic tier finds it, if the cosine reaches the threshold and the guard agrees that
the two questions may share an answer.

Entries and vectors live in Redis. Each process keeps a matrix of the vectors, and reads what other
processes added from one capped stream a namespace. A hit is confirmed by reading its entry, so an
index that lags behind costs a miss, never a wrong answer.

    cache = SemanticCache(redis, embedder, CachePolicy(0.95, 3600), guard=may_share)
    hit = await cache.recall(question)
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from redis.exceptions import NoScriptError

if TYPE_CHECKING:
    from collections.abc import Callable

Vector = NDArray[np.float32]

_BATCH = 1000

REMEMBER = """
-- KEYS[1] the entry, KEYS[2] the namespace's log
-- ARGV    entry, ttl in ms, cap, digest, vector ('' = exact only)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if ARGV[5] ~= '' then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'd', ARGV[4], 'v', ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return 1
"""

FOLLOW = """
-- KEYS[1] the namespace's log
-- ARGV    where to go on, how many at most
local flat = {}
for _, added in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  flat[#flat + 1], flat[#flat + 2], flat[#flat + 3] = added[1], added[2][2], added[2][4]
end
return flat
"""


class Commands(Protocol):
    """What the cache needs of a Redis client: `redis.asyncio.Redis` has it."""

    async def execute_command(self, *args: Any) -> Any:
        """Send one command and return its reply."""


class Embedder(Protocol):
    """Turns texts into vectors; `id` names model and version, so that spaces never mix."""

    id: str

    async def embed(self, texts: list[str]) -> Vector:
        """Return one row a text."""


class Guard(Protocol):
    """Says whether two questions that look alike may share an answer."""

    def __call__(self, asked: str, known: str, /) -> bool:
        """Return False for `3 transfers` and `30 transfers`."""


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """The least cosine of a hit, the life of an answer, the size of a namespace.

    `scale` turns a cosine into the similarity that callers are told.
    """

    threshold: float
    ttl_seconds: float
    cap: int = 20_000
    scale: Callable[[float], float] = float


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, of which model.

    `content` is the canonical text of everything that shapes the answer; `text` is the question
    alone when it stands alone, else None: then only the exact tier may answer.
    """

    tenant: str
    model: str
    prompt_version: str
    content: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept answer: the provider's body, what it took, and the question that it answered."""

    body: str
    tokens_in: int
    tokens_out: int
    cost_nano: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry, and how near the question came to it (1.0 when exact)."""

    entry: Entry
    tier: Literal["exact", "semantic"]
    similarity: float


def unit(rows: Vector) -> Vector:
    """Scale each row to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


@functools.cache
def _sha(script: str) -> str:
    """Return the name under which Redis remembers a script."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class Index:
    """The vectors of one namespace, as far as this process has read the log."""

    def __init__(self, cap: int) -> None:
        self.cursor = "-"
        self._cap = cap
        self._digests: list[str] = []
        self._rows: Vector = np.empty((0, 0), dtype=np.float32)

    def add(self, digest: str, vector: bytes) -> None:
        """Append one vector of float16; beyond the cap the older half is forgotten."""
        row = unit(np.frombuffer(vector, dtype=np.float16).astype(np.float32))
        size = len(self._digests)
        if size >= self._cap:
            half = size - self._cap // 2
            self._digests, self._rows = self._digests[half:], self._rows[half:size]
            size -= half
        if size >= len(self._rows):
            grown = np.zeros((max(64, 2 * size), len(row)), dtype=np.float32)
            if size:
                grown[:size] = self._rows[:size]
            self._rows = grown
        self._rows[size] = row
        self._digests.append(digest)

    def nearest(self, vector: Vector, *, at_least: float, most: int = 3) -> list[tuple[str, float]]:
        """Return up to `most` digests with their cosines, best first."""
        size = len(self._digests)
        if not size:
            return []
        cosines = self._rows[:size] @ vector  # all of them of length 1
        top = np.argpartition(-cosines, most)[:most] if size > most else np.arange(size)
        best = top[np.argsort(-cosines[top])]
        return [(self._digests[i], float(cosines[i])) for i in best if cosines[i] >= at_least]


class SemanticCache:
    """The two tiers over one Redis."""

    def __init__(
        self, redis: Commands, embedder: Embedder, policy: CachePolicy, *, guard: Guard
    ) -> None:
        self._redis, self._embedder = redis, embedder
        self._policy, self._guard = policy, guard
        self._indexes: dict[str, Index] = {}

    async def recall(self, question: Question) -> Hit | None:
        """Return the kept answer of this question, or of one that means the same."""
        space, digest = self._place(question)
        if (entry := await self._read(space, digest)) is not None:
            return Hit(entry, "exact", 1.0)
        if question.text is None:
            return None
        index, vector = await asyncio.gather(self._follow(space), self._vector(question.text))
        for candidate, similarity in index.nearest(vector, at_least=self._policy.threshold):
            found = await self._read(space, candidate)
            if found is not None and found.text and self._guard(question.text, found.text):
                return Hit(found, "semantic", min(1.0, self._policy.scale(similarity)))
        return None

    async def remember(self, question: Question, entry: Entry) -> None:
        """Keep an answer for `ttl_seconds`, for this tenant, model, prompt version and embedder."""
        space, digest = self._place(question)
        vector = b""
        if question.text is not None:
            vector = (await self._vector(question.text)).astype(np.float16).tobytes()
        keys, kept = (f"{space}:{digest}", f"{space}:log"), json.dumps(asdict(entry))
        ttl_ms = max(1, round(self._policy.ttl_seconds * 1000))
        await self._run(REMEMBER, keys, kept, ttl_ms, self._policy.cap, digest, vector)

    def _place(self, question: Question) -> tuple[str, str]:
        """Return the namespace's key and the digest of the question in it."""
        owner = (question.tenant, question.model, question.prompt_version, self._embedder.id)
        space = hashlib.sha256(json.dumps(owner).encode()).hexdigest()[:24]
        digest = hashlib.sha256(question.content.encode()).hexdigest()
        return f"ai:cache:{{{space}}}", digest

    async def _read(self, space: str, digest: str) -> Entry | None:
        kept = await self._redis.execute_command("GET", f"{space}:{digest}")
        try:
            return Entry(**json.loads(kept)) if kept is not None else None
        except (TypeError, ValueError):
            return None  # another version of this service wrote it

    async def _vector(self, text: str) -> Vector:
        return np.asarray(unit(await self._embedder.embed([text]))[0], dtype=np.float32)

    async def _follow(self, space: str) -> Index:
        """Read what was added to the namespace's log since the last look."""
        index = self._indexes.setdefault(space, Index(self._policy.cap))
        while True:
            start = index.cursor
            flat = await self._run(FOLLOW, (f"{space}:log",), start, _BATCH)
            if index.cursor != start:
                continue  # a concurrent caller read this part already
            for digest, vector in zip(flat[1::3], flat[2::3], strict=True):
                index.add(digest.decode(), vector)
            if flat:
                index.cursor = f"({flat[-3].decode()}"
            if len(flat) < 3 * _BATCH:
                return index

    async def _run(self, script: str, keys: tuple[str, ...], *args: str | int | bytes) -> Any:
        """Run a script by its hash; send its text only to a Redis that does not know it."""
        try:
            return await self._redis.execute_command(
                "EVALSHA", _sha(script), len(keys), *keys, *args
            )
        except NoScriptError:
            return await self._redis.execute_command("EVAL", script, len(keys), *keys, *args)
