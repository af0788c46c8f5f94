"""Taking a copy: what is left out, and what is refused with a reason."""

from __future__ import annotations

import os
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from grader import submission as under_test
from grader.submission import Misused, take

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "project/main.py"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Give an empty folder to copy into."""
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Give a folder with a service in it."""
    folder = tmp_path / "student"
    (folder / "project").mkdir(parents=True)
    (folder / MAIN).write_text("app = None")
    return folder


def packed(tmp_path: Path, **files: str) -> Path:
    """Write a zip; `__` in a name is a slash, `_dot_` a dot."""
    path = tmp_path / "student.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return path


def test_a_folder_is_copied(handed_in: Path, into: Path) -> None:
    """What runs is a copy; the folder itself is left alone."""
    taken = take(handed_in, into)
    assert (taken.name, taken.folder, taken.fault) == ("student", into, None)
    assert (into / MAIN).read_text() == "app = None"


def test_links_pipes_and_environments_are_left_out(handed_in: Path, into: Path) -> None:
    """Nothing but regular files is taken, and none of a virtual environment."""
    (handed_in / "link").symlink_to("/etc/passwd")
    (handed_in / "outside").symlink_to("/etc", target_is_directory=True)
    os.mkfifo(handed_in / "pipe")
    for folder, name in (("env", "pyvenv.cfg"), (".git", "config"), ("__pycache__", "x.pyc")):
        (handed_in / folder).mkdir()
        (handed_in / folder / name).touch()
    take(handed_in, into)
    assert [entry.name for entry in into.iterdir()] == ["project"]


def test_a_zip_is_unpacked(tmp_path: Path, into: Path) -> None:
    """A zip is as good as the folder in it."""
    taken = take(packed(tmp_path, project__main_dot_py="app = 1"), into)
    assert taken.fault is None
    assert (into / MAIN).read_text() == "app = 1"


def test_the_one_folder_at_the_top_is_stepped_into(tmp_path: Path, into: Path) -> None:
    """A zip of a repository has one folder around everything."""
    taken = take(packed(tmp_path, repo__project__main_dot_py=""), into)
    assert taken.folder == into / "repo"
    assert taken.fault is None


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "..\\out.py", "C:/out.py"])
def test_a_zip_that_leads_out_is_at_fault(tmp_path: Path, into: Path, name: str) -> None:
    """A path that leads out of the copy is named, and nothing is written."""
    path = tmp_path / "student.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "bad")
    fault = take(path, into).fault
    assert fault is not None
    assert "leads out of its folder" in fault
    assert not list(into.iterdir())


def test_links_and_leftovers_in_a_zip_are_left_out(tmp_path: Path, into: Path) -> None:
    """A link in a zip is not made, and what nobody hands in is not unpacked."""
    path = packed(tmp_path, project__main_dot_py="", _dot_venv__lib_dot_py="")
    link = zipfile.ZipInfo("project/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.mkdir("empty")
    take(path, into)
    assert [str(f.relative_to(into)) for f in into.rglob("*") if f.is_file()] == [MAIN]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, into: Path) -> None:
    """What a zip would take on disk is bounded by what its headers say."""
    path = tmp_path / "student.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w", force_zip64=True) as file,
    ):
        for _ in range(under_test.MAX_BYTES // 2**20 + 1):
            file.write(bytes(2**20))
    assert take(path, into).fault == "larger than 200 MB"
    assert not list(into.iterdir())


def test_too_many_files_are_refused(tmp_path: Path, into: Path) -> None:
    """The number of files is bounded."""
    path = tmp_path / "student.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(under_test.MAX_FILES + 1):
            archive.writestr(str(number), "")
    assert take(path, into).fault == "more than 20000 files"


def test_a_damaged_zip_is_at_fault(tmp_path: Path, into: Path) -> None:
    """A zip whose bytes do not match its checksums cannot be unpacked."""
    path = packed(tmp_path, project__main_dot_py="app = 1" * 100)
    data = bytearray(path.read_bytes())
    data[50] ^= 0xFF
    path.write_bytes(data)
    fault = take(path, into).fault
    assert fault is not None
    assert fault.startswith("the zip cannot be unpacked")


def test_a_file_that_cannot_be_copied_is_named(handed_in: Path, into: Path) -> None:
    """What cannot be copied is the submission's fault, by name."""
    (into / MAIN).mkdir(parents=True)  # in the way
    fault = take(handed_in, into).fault
    assert fault is not None
    assert fault.startswith(f"{MAIN} cannot be read")


def test_what_is_missing_is_said(tmp_path: Path, into: Path) -> None:
    """Without a service the fault says what is missing and what was found."""
    (tmp_path / "student").mkdir()
    (tmp_path / "student" / "README.md").touch()
    fault = take(tmp_path / "student", into).fault
    assert fault == "no project/ in it; at the top it has README.md"


def test_a_project_without_a_main_is_no_service(tmp_path: Path, into: Path) -> None:
    """The module to start is project/main.py."""
    (tmp_path / "student" / "project").mkdir(parents=True)
    (tmp_path / "student" / "project" / "app.py").touch()
    fault = take(tmp_path / "student", into).fault
    assert fault == "no project/main.py in it; at the top it has project"


@pytest.mark.parametrize("name", ["nothing", "text.txt"])
def test_what_is_no_submission_is_a_misuse(tmp_path: Path, into: Path, name: str) -> None:
    """A path that leads nowhere, or to a file of another kind, is the caller's mistake."""
    (tmp_path / "text.txt").write_text("not a zip")
    with pytest.raises(Misused, match=name):
        take(tmp_path / name, into)
