"""`world CMD`: run a command with stand-ins for everything that is not configured."""

from __future__ import annotations

import argparse
import math
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from world.errors import WorldError
from world.order import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = """\
Run CMD with stand-ins for whatever is not configured: Redis, the model provider, Sentry, an
OpenTelemetry collector, a webhook receiver. They end with it."""

EPILOG = """\
examples:
  world uvicorn project.main:app            an API with everything it needs
  world --seed 7 --latency 0 pytest -q      other answers, at once
  world traffic http://127.0.0.1:8000       drive an API (world traffic --help)

CMD finds REDIS_URL, OPENAI_BASE_URL, OPENAI_API_KEY, SENTRY_DSN, OTEL_EXPORTER_OTLP_ENDPOINT,
ALERT_WEBHOOK_URL, ADMIN_TOKEN, API_KEYS and WORLD_URL in its environment. What is set already is
left alone. Inside another world nothing new is started.

exit code: CMD's own, 128 + N if signal N ended it; 127 CMD not found; 126 CMD cannot be run;
1 the world could not start, or died; 2 wrong usage. SIGINT and SIGTERM go to CMD, a second one
ends it at once; Ctrl-C in a terminal reaches CMD anyway, three within two seconds end it at once.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["traffic"]:
        from world.traffic import main as traffic  # noqa: PLC0415 - aiohttp takes 0.2 s

        return traffic(arguments[1:])
    parser = _parser()
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("which command? world CMD..., or world --help")
    return _run(command, _settings(options))


def _run(command: list[str], settings: Settings) -> int:
    if shutil.which(command[0]) is None and not Path(command[0]).exists():
        print(f"world: {command[0]}: command not found", file=sys.stderr)
        return 127
    from world.command import run  # noqa: PLC0415 - a wrong command line is answered at once

    try:
        return run(command, settings)
    except WorldError as error:
        print(f"world: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        seed=options.seed,
        latency_seconds=options.latency,
        workload=options.workload,
        appendonly=options.appendonly,
        port=options.port,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="world",
        usage="world [options] CMD...",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--seed", type=int, default=5, help="of the provider (default 5)")
    parser.add_argument(
        "--latency",
        type=_seconds,
        default=0.05,
        metavar="SECONDS",
        help="until the provider's first token (default 0.05)",
    )
    parser.add_argument(
        "--workload", type=_file, metavar="PATH", help="questions and answers (default: the shop)"
    )
    parser.add_argument(
        "--appendonly", action="store_true", help="Redis keeps its data over its own restart"
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="of the page and all HTTP parts (default: any)"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="CMD...", help="what to run")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (math.isfinite(seconds) and 0 <= seconds <= 3_600):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 3600 seconds")
    return seconds


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return port


def _file(text: str) -> str:
    path = Path(text).absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is no file")
    return str(path)


if __name__ == "__main__":
    sys.exit(main())
