"""``make release`` in a repository of its own: the version, the changelog, a commit and a tag."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import services

# Not `once`: bump-my-version is where `make test-slow` runs, and in no environment of tox.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
INIT = "src/django_share_analytics/__init__.py"
FILES = ("Makefile", "pyproject.toml", "CHANGELOG.md", INIT)
BEFORE = "# Changelog\n\nWhat changed.\n\n## Unreleased\n\n### Share links\n- They are shorter.\n"


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        self.write("CHANGELOG.md", BEFORE)
        self.git("init", "--initial-branch=main", "--quiet")
        self.git("config", "user.name", "Somebody")
        self.git("config", "user.email", "somebody@example.com")
        self.commit("Before")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def release(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``make release``, with the tools that run this test."""
        return subprocess.run(
            [
                services.require_program("make"),
                "release",
                f"BIN={Path(sys.executable).parent}",
                "--old-file=.venv/.group-release",
                *arguments,
            ],
            cwd=self.folder,
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def version(self) -> str:
        (version,) = re.findall(r'^__version__ = "(.*)"$', self.read(INIT), re.MULTILINE)
        return version

    @property
    def is_as_before(self) -> bool:
        return self.git("log", "--format=%s") == "Before\n" and self.git("tag") == ""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    pytest.importorskip("bumpversion", reason="bump-my-version is not installed (make test-slow)")
    services.require_program("git")
    return Repository(tmp_path)


def test_release__of_a_part(repository: Repository) -> None:
    assert repository.release("VERSION=1.2.3").returncode == 0
    repository.write("CHANGELOG.md", BEFORE)
    repository.commit("More")
    done = repository.release("PART=minor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert repository.version == "1.3.0"
    assert 'current_version = "1.3.0"' in repository.read("pyproject.toml")


def test_release__the_very_first_is_of_the_version_that_is_there(repository: Repository) -> None:
    repository.write(INIT, '__version__ = "0.1.0"\n')
    unreleased = re.sub("(current_version =).*", r'\1 "0.0.0"', repository.read("pyproject.toml"))
    repository.write("pyproject.toml", unreleased)
    repository.commit("As it was before the first")
    assert repository.release("VERSION=0.1.0").returncode == 0
    assert repository.version == "0.1.0"
    assert repository.git("tag").split() == ["v0.1.0"]


def test_release__dates_the_changelog_and_begins_a_new_part(repository: Repository) -> None:
    days = [datetime.now(UTC).date()]
    repository.release("VERSION=1.2.3")
    days.append(datetime.now(UTC).date())
    assert repository.read("CHANGELOG.md") in [
        "# Changelog\n\nWhat changed.\n\n## Unreleased\n\n"
        f"## 1.2.3 ({day})\n\n### Share links\n- They are shorter.\n"
        for day in days
    ]


def test_release__is_one_commit_and_a_tag_with_a_message(repository: Repository) -> None:
    repository.release("VERSION=1.2.3")
    assert repository.git("log", "--format=%s").split("\n")[:2] == ["Version 1.2.3", "Before"]
    assert repository.git("cat-file", "-t", "v1.2.3") == "tag\n", "or --follow-tags passes it over"
    assert repository.git("rev-parse", "v1.2.3^{}") == repository.git("rev-parse", "HEAD")
    assert repository.git("status", "--porcelain") == ""
    changed = repository.git("show", "--name-only", "--format=", "HEAD").split()
    assert changed == ["CHANGELOG.md", "pyproject.toml", INIT]


def test_release__touches_nothing_else_in_pyproject(repository: Repository) -> None:
    before = repository.read("pyproject.toml")
    repository.release("VERSION=1.2.3")
    after = repository.read("pyproject.toml")
    assert re.sub(r"(current_version =).*", r"\1", after) == re.sub(
        r"(current_version =).*", r"\1", before
    )


def test_release__not_of_what_is_not_committed(repository: Repository) -> None:
    repository.write(INIT, repository.read(INIT) + "\n# more\n")
    done = repository.release("PART=minor")
    assert done.returncode != 0
    assert "not clean" in done.stdout + done.stderr
    assert repository.is_as_before


def test_release__not_of_nothing(repository: Repository) -> None:
    repository.write("CHANGELOG.md", "## Unreleased\n\n## 0.1.0 (2026-01-01)\n\n- A\n")
    repository.git("commit", "--quiet", "--all", "--amend", "--message", "Before")
    assert repository.release("PART=minor").returncode != 0
    assert repository.is_as_before
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.parametrize("version", ["banana", "1.2"])
def test_release__not_of_what_is_no_version(repository: Repository, version: str) -> None:
    assert repository.release(f"VERSION={version}").returncode != 0
    assert repository.is_as_before


def test_release__not_twice(repository: Repository) -> None:
    repository.release("VERSION=1.2.3")
    repository.write("CHANGELOG.md", BEFORE)
    repository.commit("More")
    assert repository.release("VERSION=1.2.3").returncode != 0


def test_release__asks_which(repository: Repository) -> None:
    done = repository.release()
    assert done.returncode != 0
    assert "PART=minor" in done.stdout
    assert repository.is_as_before
