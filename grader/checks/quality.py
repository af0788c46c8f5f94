"""Quality: what can be read off the files; nothing of the submission is run here."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import shutil
import sysconfig
from typing import TYPE_CHECKING

from grader.check import Failed, check_files, ramp, require
from grader.program import Bounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.tree import Tree

RUFF_SECONDS = 30.0
# Mistakes and traps rather than taste.
RULES = "ASYNC,B,C4,C90,E,F,PIE,RET,S,SIM,UP,W"
# Long lines of data, asserts of the impossible, a container's address, words like "token", jitter.
IGNORED = "E501,S101,S104,S105,S106,S107,S311"
MOST_FINDINGS = 20
FINDING = re.compile(r"(\S[^:]*:\d+):\d+: (\S+)")
START = re.compile(r"\buvicorn\s+project\.main:app\b")
SECRETS = {
    "an OpenAI key": re.compile(r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a Redis password": re.compile(r"\brediss?://[^\s:@/]*:[^\s@/]{8,}@[\w-]+\.[\w.-]+"),
    "a Sentry DSN": re.compile(r"https://[0-9a-f]{32}@[\w.-]*sentry\.io"),
}


@check_files
async def ruff_finds_nothing(tree: Tree) -> float:
    """Leave nothing in project/ for ruff to find: no mistakes, traps or holes."""
    require(bool(tree.python()), expected="Python files in project/", actual="none")
    found = await _ruff(tree)
    tree.note(
        f"{len(found)} findings in {len(tree.python())} files",
        hint=f"ruff check --select {RULES} project: {', '.join(found[:3])}",
    )
    return ramp(len(found), none_at=MOST_FINDINGS, full_at=0)


@check_files
async def everything_public_has_a_docstring(tree: Tree) -> float:
    """Give every module, public class and public function in project/ a docstring."""
    verdicts = [verdict for path in tree.python() for verdict in _documented(tree, path)]
    require(bool(verdicts), expected="Python files in project/", actual="none")
    share = sum(verdicts) / len(verdicts)
    tree.note(f"{share:.0%} of {len(verdicts)}", hint="no points at 50 %, all at 95 %")
    return ramp(share, none_at=0.5, full_at=0.95)


@check_files
async def no_secret_is_in_the_tree(tree: Tree) -> None:
    """Keep keys, tokens and passwords out of project/ and the top of the tree."""
    require(bool(tree.python()), expected="Python files in project/", actual="none")
    found = [
        f"{what} in {name}"
        for name, text in tree.texts()
        for what, pattern in SECRETS.items()
        if pattern.search(text)
    ]
    require(
        not found,
        expected="no secret",
        actual="; ".join(found[:3]),
        hint="revoke it, and read it from the environment",
    )


@check_files
async def the_readme_names_the_start_command(tree: Tree) -> None:
    """Name the command that starts the service in project/README.md."""
    text = tree.read(tree.project / "README.md")
    require(
        START.search(text) is not None,
        expected="`uvicorn project.main:app` in project/README.md",
        actual="another text" if text else "no such file",
    )


async def _ruff(tree: Tree) -> list[str]:
    """Run ruff in the copy; neither the submission's configuration nor its `noqa` counts."""
    places = [sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)]
    ruff = shutil.which("ruff", path=os.pathsep.join(places)) or "ruff"
    options = ["--isolated", "--no-cache", "--no-respect-gitignore", "--ignore-noqa", "--quiet"]
    rules = ["--select", RULES, "--ignore", IGNORED]
    command = [ruff, "check", *options, *rules, "--output-format", "concise", "project"]
    with tree.sandbox.start(command, bounds=Bounds(seconds=RUFF_SECONDS)) as program:
        code = await asyncio.to_thread(program.wait)
    return findings(code, program.output, program.last_words())


def findings(code: int | None, output: str, last_words: str) -> list[str]:
    """Return place and rule of what ruff found; raises what its exit code means."""
    if code is None:
        raise Failed("files that ruff can read", "too much for its time or memory")
    if code not in (0, 1):
        raise RuntimeError(f"ruff ended with {code}: {last_words}")
    found = (FINDING.match(line[:300]) for line in output.splitlines())
    return [f"{match[1]} {match[2]}" for match in found if match]


def _documented(tree: Tree, path: Path) -> Iterator[bool]:
    """Yield for the module and each public class and function whether it has a docstring."""
    try:
        module = ast.parse(tree.read(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield False
        return
    yield ast.get_docstring(module) is not None
    yield from _members(module)


def _members(scope: ast.Module | ast.ClassDef) -> Iterator[bool]:
    for node in scope.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_"):
                continue
            yield ast.get_docstring(node) is not None
            if isinstance(node, ast.ClassDef):
                yield from _members(node)
