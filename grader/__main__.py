"""`grade PATH`: grade a submission of the capstone, 100 points."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from grader.checks import all_checks
from grader.report import render
from grader.run import HIDDEN, SEED, TIMEOUT_SECONDS, Options, chosen, grade
from grader.submission import Misused
from world.errors import WorldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.check import Check, Outcome
    from grader.score import Report

EPILOG = """\
examples:
  grade .                                  this repository
  grade submission.zip --json report.json  a zip, with the report as JSON too
  grade . --only tenants_never_share_answers

A submission is a folder or a zip with project/main.py. It is copied, started as
`python -m uvicorn project.main:app --workers 2` and sent traffic and faults.

exit code: 0 graded, whatever the points; 1 a check broke, or the world could not start: that is the
grader's own fault; 2 wrong usage.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = _parser().parse_args(argv)
    only = tuple(arguments.only or ())
    options = Options(arguments.seed, only, arguments.timeout, arguments.hidden)
    try:
        report = _graded(arguments.path, options)
    except Misused as error:
        print(f"grade: {error}", file=sys.stderr)
        return 2
    except WorldError as error:
        print(f"grade: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(render(report))
    if arguments.json:
        text = json.dumps(report.as_json(), indent=2)
        arguments.json.write_text(f"{text}\n", encoding="utf-8")
    return report.exit_code


def _graded(path: Path, options: Options) -> Report:
    """Grade with a progress bar on standard error where that is a terminal."""
    checks = chosen(all_checks(), options.only)
    with tqdm(total=len(checks), unit=" checks", leave=False, disable=None) as bar:

        def note(check: Check, _outcome: Outcome) -> None:
            bar.set_postfix_str(check.name)
            bar.update()

        return grade(path, options, note)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade",
        description="Grade a submission of the capstone by traffic, faults and ground truth.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="a folder or a zip")
    parser.add_argument(
        "--only", action="append", metavar="CHECK", help="run this check (may be repeated)"
    )
    parser.add_argument(
        "--seed", type=int, default=SEED, help=f"of keys, questions and faults ({SEED})"
    )
    parser.add_argument(
        "--hidden",
        type=Path,
        metavar="FILE",
        default=os.environ.get("GRADE_HIDDEN", HIDDEN),
        help="questions to ask in place of the grader's own (or set GRADE_HIDDEN)",
    )
    parser.add_argument("--json", type=_writable, metavar="FILE", help="write the report here too")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=TIMEOUT_SECONDS,
        metavar="SECONDS",
        help=f"of the whole run ({TIMEOUT_SECONDS:g}); what has not begun by then is skipped",
    )
    return parser


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} cannot be written")
    return path


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 3_600:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 3600 seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
