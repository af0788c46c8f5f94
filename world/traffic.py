"""`world traffic URL`: ask an API a workload's questions and say what happened.

The stream's truth is known: which question repeats which, and the intent behind each. So the hit
rate stands beside the share of exact repeats, which any cache gets, and every answer from the cache
is checked against the intent of its question.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tqdm import tqdm

from world.drive import Outcome, Pace, Target, drive
from world.errors import WorldError
from world.traffic_report import Report, summarize, table
from world.workloads import PUBLIC, Mix, Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from world.workloads import Question

MAX_REQUESTS = 100_000
MAX_CONCURRENCY = 1_000
MAX_RATE = 10_000.0
MAX_SECONDS = 3_600.0

EPILOG = """\
examples:
  world traffic http://127.0.0.1:8000
  world traffic http://127.0.0.1:8000 --requests 300 --rate 20 --mix exact=0.5,new=0.5

Each tier's "wrong" are answers for another intent than the question's; "look-alikes" are answers to
questions that only look like an earlier one. Latencies count from when a question was due.

exit code: 0 every request was answered, with whatever status; 1 some were not, or the workload is
too small for the mix; 2 wrong usage. Only this machine can be a target.
"""


@dataclass(slots=True)
class Run:
    """The outcomes so far, which survive a Ctrl-C."""

    questions: Sequence[Question]
    outcomes: list[Outcome] = field(default_factory=list)
    begun: float = field(default_factory=time.perf_counter)
    complete: bool = False

    def go(self, target: Target, pace: Pace) -> None:
        """Drive the target, with a progress bar on standard error where that is a terminal."""
        # None shows the bar on a terminal only.
        with tqdm(total=len(self.questions), unit=" questions", disable=None) as bar:

            def note(outcome: Outcome) -> None:
                self.outcomes.append(outcome)
                bar.update()

            self.complete = asyncio.run(drive(self.questions, target, pace, note))

    def report(self) -> Report:
        """Return what happened so far."""
        seconds = time.perf_counter() - self.begun
        return summarize(self.outcomes, seconds=seconds, complete=self.complete)


def main(argv: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(argv)
    try:
        url = chat_address(options.url)
    except ValueError as error:
        print(f"world traffic: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 2
    try:
        workload = Workload.load(options.workload)
        run = Run(workload.stream(options.requests, mix=options.mix, seed=options.seed))
    except WorldError as error:
        print(f"world traffic: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    pace = Pace(options.concurrency, options.rate, options.seconds, polite=options.polite)
    return _finish(run, Target(url, options.key, options.model), pace, as_json=options.json)


def chat_address(text: str) -> str:
    """Return the address of an API's chat completions; ValueError for any other machine's."""
    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{text} is no address like http://127.0.0.1:8000")
    if not _is_loopback(host):
        raise ValueError(f"{host} is not this machine: traffic goes to 127.0.0.1 or ::1 only")
    # Built anew from the parts that were checked, so that no other reading of the text counts.
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{place}{path.removesuffix('/v1')}/v1/chat/completions"


def _finish(run: Run, target: Target, pace: Pace, *, as_json: bool) -> int:
    interrupted = False
    try:
        run.go(target, pace)
    except KeyboardInterrupt:
        interrupted = True
    report = run.report()
    print(json.dumps(report.as_json()) if as_json else table(report))  # noqa: T201 - the result
    if interrupted:
        return 130
    unanswered = any(outcome.status is None for outcome in run.outcomes)
    return 1 if unanswered or not run.outcomes else 0


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="world traffic",
        description="Ask an API on this machine a workload's questions and say what happened.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("url", metavar="URL", help="of the API, with or without /v1")
    add("--requests", type=_whole(MAX_REQUESTS), default=100, metavar="N", help="(100)")
    add("--rate", type=_positive(MAX_RATE), metavar="R", help="a second (as fast as it goes)")
    add("--concurrency", type=_whole(MAX_CONCURRENCY), default=8, metavar="C", help="(8)")
    add("--key", type=_key, default="demo-pro", help="the caller's API key (demo-pro)")
    add("--workload", default=PUBLIC, metavar="PATH", help="questions (the shop's)")
    add("--seed", type=int, default=5, help="of the stream (5)")
    add("--mix", type=_mix, default=Mix(), help="(exact=0.4,paraphrase=0.2,look_alike=0.1,new=0.3)")
    add("--model", default="gpt-4o-mini", help="(gpt-4o-mini)")
    add("--seconds", type=_positive(MAX_SECONDS), default=300.0, metavar="MAX", help="(300)")
    add("--polite", action="store_true", help="wait as Retry-After says, and ask again")
    add("--json", action="store_true", help="print the report as JSON")
    return parser


def _whole(most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        number = int(text)
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between 1 and {most}")
        return number

    return whole


def _positive(most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not 0 < value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between 0 and {most:g}")
        return value

    return number


def _key(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise argparse.ArgumentTypeError("a key is printable ASCII")
    return text


def _mix(text: str) -> Mix:
    try:
        return Mix.parse(text)
    except WorldError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
