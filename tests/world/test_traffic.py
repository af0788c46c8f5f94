"""`world traffic URL` against a small API whose every answer is known."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.world.workloads.small import contents, written
from world.drive import Outcome, Pace, Target, drive, intent_in
from world.server import serve
from world.traffic import chat_address, main
from world.workloads import Question, Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request


class Api:
    """Answer from a cache that takes every text with the same first word for the same."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.seen: list[str] = []
        self.keys: set[str] = set()
        self.busy = self.most_busy = 0
        self.first: list[Callable[[], Response]] = []
        self.seconds = 0.0
        self._intents: dict[str, str] = {}

    def routes(self) -> list[Route]:
        """Return the chat address, and one that must never be followed to."""
        return [Route("/v1/chat/completions", self._chat, methods=["POST"])]

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        await asyncio.sleep(self.seconds)
        self.busy -= 1
        self.keys.add(request.headers["authorization"])
        text = body["messages"][0]["content"]
        self.seen.append(text)
        return self.first.pop()() if self.first else self._answer(text)

    def _answer(self, text: str) -> Response:
        cache = "exact" if text in self.seen[:-1] else "miss"
        word = text.split(maxsplit=1)[0]
        if cache == "miss" and word in self._intents:
            cache = "semantic"
        intent = self._intents.setdefault(word, self.workload.intent_of(text) or "?")
        if cache == "exact":
            intent = self.workload.intent_of(text) or "?"
        content = {"role": "assistant", "content": f"An answer. [{intent}]"}
        headers = {"X-Cache": cache, "X-Cost-USD": "0.001"}
        return JSONResponse({"choices": [{"message": content}]}, headers=headers)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a workload file in which half of the pairs share their first word."""
    return written(tmp_path, contents(intents=6, phrasings=8, pairs=5, singles=8))


@pytest.fixture
def api(file: Path) -> Api:
    """Return an API over the workload."""
    return Api(Workload.load(file))


@pytest.fixture
def url(api: Api) -> Iterator[str]:
    """Serve the API."""
    with serve([api]) as url:
        yield url


def report_of(capsys: pytest.CaptureFixture[str], code: int, *arguments: object) -> dict[str, Any]:
    """Run `world traffic ARGUMENTS --json`, expect its exit code, and return the report."""
    assert main([*map(str, arguments), "--json"]) == code
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_a_run_asks_the_stream_in_order(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One connection asks the seeded stream, question by question, as the given caller."""
    report = report_of(
        capsys, 0, url, "--requests", 30, "--concurrency", 1, "--workload", file, "--seed", 3,
        "--key", "demo-free",
    )  # fmt: skip
    stream = Workload.load(file).stream(30, seed=3)
    assert api.seen == [question.text for question in stream]
    assert api.keys == {"Bearer demo-free"}
    assert report["requests"] == report["statuses"]["200"] == 30
    assert report["cost_usd"] == "0.030"


def test_wrong_hits_are_found(url: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cache that goes by the first word is caught by its semantic hits, which are wrong."""
    report = report_of(capsys, 0, url, "--requests", 30, "--concurrency", 1, "--workload", file)
    assert report["exact_repeat_share"] == 0.4
    assert report["tiers"]["exact"]["answers"] == 12
    assert report["tiers"]["exact"]["wrong"] == 0
    assert report["tiers"]["semantic"]["wrong"] == report["wrong_hits"] > 0
    assert report["tiers"]["miss"]["wrong"] == 0


def test_concurrency_is_a_bound(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never more questions are open than allowed, and all of that is used."""
    api.seconds = 0.01
    report_of(capsys, 0, url, "--requests", 20, "--concurrency", 4, "--workload", file)
    assert api.most_busy == 4


def test_the_rate_is_kept(url: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty questions at 100 a second take 0.19 s at least."""
    report = report_of(capsys, 0, url, "--requests", 20, "--rate", 100, "--workload", file)
    assert 0.19 <= report["seconds"] < 2


def test_a_slow_api_cannot_hide_behind_the_rate(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Latency counts from when a question was due: a queue of ten shows in p99."""
    api.seconds = 0.02
    report = report_of(
        capsys, 0, url, "--requests", 10, "--rate", 1000, "--concurrency", 1, "--workload", file
    )
    assert max(tier["p99_ms"] for tier in report["tiers"].values()) > 150


def test_the_time_is_a_bound(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the time is over the run stops and says so."""
    api.seconds = 0.15
    report = report_of(
        capsys, 0, url, "--requests", 20, "--seconds", 0.5, "--concurrency", 1, "--workload", file
    )
    assert report["complete"] is False
    assert 1 <= report["requests"] < 5


def refuse() -> Response:
    """Return a 429 that asks for a little patience."""
    return JSONResponse({}, 429, {"Retry-After": "0.05"})


def test_a_refusal_is_an_answer(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --polite a 429 is counted and not asked again."""
    api.first = [refuse, refuse]
    report = report_of(capsys, 0, url, "--requests", 10, "--workload", file)
    assert report["statuses"] == {"200": 8, "429": 2}
    assert len(api.seen) == 10


def test_polite_traffic_waits_and_asks_again(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --polite every question is asked until it is admitted."""
    api.first = [refuse, refuse]
    report = report_of(capsys, 0, url, "--requests", 10, "--workload", file, "--polite")
    assert report["statuses"] == {"200": 10, "429": 2}
    assert report["seconds"] >= 0.05


def test_a_redirect_is_not_followed(
    url: str, api: Api, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An API on this machine cannot send traffic to another one."""
    api.first = [lambda: RedirectResponse("http://192.0.2.1/")]
    report = report_of(capsys, 0, url, "--requests", 10, "--workload", file)
    assert report["statuses"] == {"200": 9, "307": 1}


def test_nobody_there_is_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests without an answer are counted by what happened, and the exit code says so."""
    report = report_of(capsys, 1, "http://127.0.0.1:1", "--requests", 10, "--workload", file)
    assert report["statuses"] == {"ClientConnectorError": 10}


def test_too_small_a_workload_is_1(
    url: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mix that the workload cannot fill is one line and exit code 1."""
    assert main([url, "--requests", "1000", "--mix", "new=1", "--workload", str(file)]) == 1
    said = capsys.readouterr()
    assert said.err == "world traffic: this workload has 14 new questions, 1000 were asked for\n"
    assert said.out == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1/chat/completions"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1/chat/completions"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1/chat/completions"),
        ("http://127.9.9.9/api/v1/", "http://127.9.9.9/api/v1/chat/completions"),
        ("https://[::1]:8443", "https://[::1]:8443/v1/chat/completions"),
        ("http://user@127.0.0.1:80?x=1#y", "http://127.0.0.1:80/v1/chat/completions"),
    ],
)
def test_addresses_of_this_machine_are_taken(text: str, address: str) -> None:
    """With or without /v1, by name or number."""
    assert chat_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "http://192.168.0.1:8000",
        "http://0.0.0.0:8000",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://2130706433",
        "http://[::]:80",
        "127.0.0.1:8000",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http://",
        "http://127.0.0.1:99999",
        "",
    ],
)
def test_any_other_address_is_2(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Traffic goes to this machine only: one line, exit code 2, nothing is sent."""
    assert main([text]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--requests", "0"],
        ["--requests", "100001"],
        ["--concurrency", "0"],
        ["--rate", "0"],
        ["--rate", "nan"],
        ["--seconds", "inf"],
        ["--mix", "exact=2"],
        ["--key", "two\nlines"],
        ["--unknown"],
    ],
    ids=" ".join,
)
def test_wrong_options_of_traffic_are_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An option out of bounds is refused before anything is sent."""
    with pytest.raises(SystemExit) as left:
        main(["http://127.0.0.1:1", *arguments])
    assert left.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "intent"),
    [
        (b'{"choices":[{"message":{"content":"Yes. [returns.day_25]\\n"}}]}', "returns.day_25"),
        (b'{"choices":[{"message":{"content":"[a] and [b]"}}]}', "b"),
        (b'{"choices":[{"message":{"content":"No name."}}]}', None),
        (b'{"choices":[{"message":{"content":null}}]}', None),
        (b'{"choices":[]}', None),
        (b"[1]", None),
        (b"cut {", None),
        (b"[" * 100_000, None),
    ],
)
def test_the_intent_is_read_from_the_end(data: bytes, intent: str | None) -> None:
    """The last brackets of an answer name its intent; anything else names none."""
    assert intent_in(data) == intent


async def test_odd_headers_are_no_numbers(file: Path) -> None:
    """A cost or a wait that is no finite number counts as none."""
    api = Api(Workload.load(file))
    odd = {"X-Cost-USD": "NaN", "Retry-After": "soon"}
    api.first = [lambda: JSONResponse({}, 503, odd)]
    outcomes: list[Outcome] = []
    question = Question("Phrasing 0 of 0", "intent_0", "new")
    with serve([api]) as url:
        target = Target(chat_address(url), "key", "gpt-4o-mini")
        assert await drive([question], target, Pace(1, None, 5, polite=True), outcomes.append)
    (outcome,) = outcomes
    assert outcome.status == 503
    assert outcome.cost_usd == 0
    assert outcome.retry_after is None
