"""The checks of the files, on tiny trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.check import Failed
from grader.checks import all_checks
from grader.checks.quality import SECRETS, findings
from grader.sandbox import Sandbox
from grader.tree import Tree
from tests.grader.grading import submission

if TYPE_CHECKING:
    from pathlib import Path

TIDY = '"""A service."""\n\nfrom __future__ import annotations\n'
UNTIDY = "# ruff: noqa\nimport os\nimport sys  # noqa: F401\n"


async def judged(tmp_path: Path, name: str, main: str, **others: str) -> tuple[float, Tree]:
    """Run one check of the files on a submission of these files."""
    sandbox = Sandbox(submission(tmp_path / "copy", main, **others), tmp_path)
    tree = Tree(name, 5, sandbox)
    share = await all_checks()[name].body(tree)
    return (1.0 if share is None else share), tree


async def test_tidy_code_is_clean(tmp_path: Path) -> None:
    """Code in which ruff finds nothing earns everything."""
    share, tree = await judged(tmp_path, "ruff_finds_nothing", TIDY)
    assert (share, tree.evidence) == (1.0, ["0 findings in 1 files"])


async def test_noqa_hides_nothing(tmp_path: Path) -> None:
    """Neither a comment nor a configuration of the submission silences ruff."""
    name = "ruff_finds_nothing"
    share, tree = await judged(tmp_path, name, UNTIDY, ruff__toml='exclude = ["*"]')
    assert share == pytest.approx(0.9)
    assert "project/main.py:2 F401" in tree.hint


async def test_a_file_that_is_no_python_is_a_finding(tmp_path: Path) -> None:
    """A syntax error is found, and breaks nothing."""
    share, _ = await judged(tmp_path, "ruff_finds_nothing", "def x(:\n")
    assert share < 1


def test_a_tree_that_ruff_cannot_take_fails() -> None:
    """When ruff is ended for its time or memory, the submission is the reason."""
    with pytest.raises(Failed, match="files that ruff can read"):
        findings(None, "", "")


def test_a_ruff_that_fails_is_the_graders_fault() -> None:
    """Another exit code than clean or not clean is no verdict on the submission."""
    with pytest.raises(RuntimeError, match="ruff ended with 2: bad option"):
        findings(2, "", "bad option")


async def test_docstrings_are_counted(tmp_path: Path) -> None:
    """Of a module, a class, its two public methods and a function, three have a docstring."""
    code = '''"""A module."""
class Thing:
    """A thing."""
    def one(self):
        """Do one thing."""
    def two(self): ...
    def _three(self): ...
def four(): ...
'''
    share, tree = await judged(tmp_path, "everything_public_has_a_docstring", code)
    assert tree.evidence == ["60% of 5"]
    assert share == pytest.approx(0.1 / 0.45)


@pytest.mark.parametrize(
    "code", ["def x(:", "x = '\0'", "(" * 10_000], ids=["syntax", "nul", "deep"]
)
async def test_what_cannot_be_parsed_has_no_docstring(tmp_path: Path, code: str) -> None:
    """A file that is no Python counts as undocumented."""
    share, _ = await judged(tmp_path, "everything_public_has_a_docstring", code)
    assert share == 0


async def test_a_secret_in_the_tree_is_found(tmp_path: Path) -> None:
    """A key is named by its kind and place, and is not repeated."""
    key = "sk-" + "a1B2" * 10
    with pytest.raises(Failed) as failure:
        await judged(tmp_path, "no_secret_is_in_the_tree", TIDY, keys__txt=f"KEY={key}")
    assert failure.value.actual == "an OpenAI key in project/keys.txt"


async def test_a_tree_without_secrets_passes(tmp_path: Path) -> None:
    """Addresses and examples that hold no password are no secrets."""
    text = "REDIS_URL=redis://localhost:6379/0 OPENAI_API_KEY=sk-local"
    assert (await judged(tmp_path, "no_secret_is_in_the_tree", TIDY, env__txt=text))[0] == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("an AWS key", "AKIA" + "ABCDEFGH12345678"),
        ("a GitHub token", "ghp_" + "a" * 36),
        ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("a Redis password", "rediss://default:" + "longpassword@eu1.upstash.io:6379"),
        ("a Sentry DSN", "https://" + "0" * 32 + "@o1.ingest.sentry.io/2"),
    ],
)
def test_each_kind_of_secret_is_known(kind: str, text: str) -> None:
    """The kinds of secret that students hand in are recognized."""
    assert SECRETS[kind].search(text)


@pytest.mark.parametrize(
    ("readme", "actual"),
    [({}, "no such file"), ({"README__md": "# Mine"}, "another text")],
    ids=["missing", "silent"],
)
async def test_a_readme_without_the_command_fails(
    tmp_path: Path, readme: dict[str, str], actual: str
) -> None:
    """The README of the service says how to start it."""
    with pytest.raises(Failed) as failure:
        await judged(tmp_path, "the_readme_names_the_start_command", TIDY, **readme)
    assert failure.value.actual == actual


async def test_a_readme_with_the_command_passes(tmp_path: Path) -> None:
    """The command may stand anywhere in the text."""
    text = "Run `python -m uvicorn project.main:app --workers 4`."
    name = "the_readme_names_the_start_command"
    assert (await judged(tmp_path, name, TIDY, README__md=text))[0] == 1


@pytest.mark.parametrize(
    "name",
    ["ruff_finds_nothing", "everything_public_has_a_docstring", "no_secret_is_in_the_tree"],
)
async def test_nothing_is_not_tidy(tmp_path: Path, name: str) -> None:
    """A submission without Python files earns nothing for having no mistakes."""
    (tmp_path / "copy" / "project").mkdir(parents=True)
    tree = Tree(name, 5, Sandbox(tmp_path / "copy", tmp_path))
    with pytest.raises(Failed, match="expected Python files in project/, got none"):
        await all_checks()[name].body(tree)
