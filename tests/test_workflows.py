"""What runs on GitHub, and before a commit, is what everybody runs: targets of make, and of tox."""

from __future__ import annotations

import re
import tomllib
from configparser import ConfigParser
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.test_commands import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

yaml = pytest.importorskip("yaml")
pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"

FILES = {path.stem: path.read_text() for path in (GITHUB / "workflows").iterdir()}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in FILES.items()}
JOBS = {
    f"{name}.{job}": content
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
}
# A job has steps of its own, or is a workflow that is called.
CALLS = {name: job for name, job in JOBS.items() if "steps" not in job}
STEPS = [step for job in JOBS.values() for step in job.get("steps", [])]
MATRIX = JOBS["tests.matrix"]["strategy"]["matrix"]["include"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TOX = ConfigParser(interpolation=None)
TOX.read(ROOT / "tox.ini")


def expanded(text: str) -> Iterator[str]:
    """``py{311, 312}-sqlite`` as tox reads it."""
    for line in text.split("\n"):
        parts = re.split(r"\{(.*?)\}", line.strip())
        choices = [part.split(",") if number % 2 else [part] for number, part in enumerate(parts)]
        yield from ("".join(map(str.strip, each)) for each in product(*choices))


ENVIRONMENTS = set(filter(None, expanded(TOX["tox"]["env_list"])))
SECTIONS = set(
    chain.from_iterable(
        expanded(name.removeprefix("testenv:")) for name in TOX if name.startswith("testenv:")
    )
)


def test_environments__are_read_as_tox_reads_them() -> None:
    assert {"py311-django52-sqlite", "py313-django61-mariadb", "base"} <= ENVIRONMENTS
    assert {"newest", "lowest", "hosts", "lint"} <= SECTIONS
    assert len(ENVIRONMENTS) == 15


@pytest.mark.parametrize("line", [line for step in STEPS for line in [step.get("run")] if line])
def test_run__is_a_command_that_there_is(line: str) -> None:
    program, *arguments = line.split()
    if program == "make":
        assert arguments[0] in commands()
    else:
        assert program == "test" or (ROOT / program).is_file()


def test_matrix__has_each_environment_and_its_python() -> None:
    for entry in MATRIX:
        assert entry["env"] in ENVIRONMENTS | SECTIONS
        if found := re.match(r"py3(\d+)-", entry["env"]):
            assert entry["python"] == f"3.{found[1]}"
    targets = {"lint", "types"}  # of make, in a job of their own
    assert ENVIRONMENTS - targets <= {entry["env"] for entry in MATRIX}


def test_matrix__has_what_the_package_says_that_it_runs_on() -> None:
    said = "\n".join(PROJECT["project"]["classifiers"])
    names = " ".join(entry["env"] for entry in MATRIX)
    for number in re.findall(r"Programming Language :: Python :: (\d\.\d+)", said):
        assert f"py{number.replace('.', '')}-" in names
    for number in re.findall(r"Framework :: Django :: (\d\.\d+)", said):
        assert f"django{number.replace('.', '')}-" in names
    for database in ("sqlite", "postgres", "mariadb"):
        assert f"-{database}" in names


def test_services__are_where_tests_look_for_them() -> None:
    for name in ("tests.matrix", "newest.newest"):
        assert {
            port for service in JOBS[name]["services"].values() for port in service["ports"]
        } == {"5432:5432", "3306:3306", "6379:6379", "5672:5672"}


def test_programs__that_tests_ask_for_are_installed() -> None:
    """By ``.ci/run``, where one that is missing fails."""
    calls = [
        set(re.findall(r'"([\w-]+)"', call))
        for path in ROOT.glob("tests/**/*.py")
        for call in re.findall(r"require_program\((\".*?)\)", path.read_text(), re.DOTALL)
    ]
    assert {"systemd-analyze"} in calls
    installed = set(re.findall(r"([\w-]+):[\w-]+", (ROOT / ".ci" / "services").read_text()))
    # What it takes to come so far: `make`, in what `git` has fetched.
    installed |= {"make", "git"}
    assert [names for names in calls if not names & installed] == []


def test_newest__comes_by_itself() -> None:
    assert WORKFLOWS["newest"][True]["schedule"], "YAML reads `on` as true"
    assert {"run": "make test-newest"} in JOBS["newest.newest"]["steps"]


@pytest.mark.parametrize("name", FILES)
def test_actions__are_pinned_and_say_of_which_version(name: str) -> None:
    used = re.findall(r"uses: (.*)", FILES[name])
    assert used
    for action in used:
        if action.startswith("$/"):  # of this repository, at the commit that runs
            assert (ROOT / action.removeprefix("$/")).is_file()
            continue
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_actions__are_the_same_everywhere() -> None:
    used = {action for text in FILES.values() for action in re.findall(r"uses: (\S+)", text)}
    assert len(used) == len({action.partition("@")[0] for action in used})


def test_permissions__are_the_least() -> None:
    assert all(workflow["permissions"] == {"contents": "read"} for workflow in WORKFLOWS.values())
    more = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    assert more == {"publish.publish": {"id-token": "write"}}
    assert not any("secrets." in text for text in FILES.values())


def test_publish__runs_nothing_of_ours_where_it_may_publish() -> None:
    job = JOBS["publish.publish"]
    assert [step.get("run") for step in job["steps"]] == [None, None]
    assert job["environment"]["name"] == "pypi"
    assert WORKFLOWS["publish"][True] == {"push": {"tags": ["v*"]}}


def test_publish__only_what_has_passed_all_tests() -> None:
    """Of the very commit that the tag names; a job whose needs fail is skipped."""
    assert set(JOBS["publish.publish"]["needs"]) == {"tests", "build"}
    assert CALLS == {"publish.tests": {"uses": "$/.github/workflows/tests.yml"}}
    assert "workflow_call" in WORKFLOWS["tests"][True]
    assert not any("if" in job for name, job in JOBS.items() if name.startswith("publish."))
    assert not any(job.get("continue-on-error") for job in JOBS.values())


def test_publish__is_of_the_tag_that_a_release_makes() -> None:
    assert PROJECT["tool"]["bumpversion"]["tag_name"] == "v{new_version}"
    assert "GITHUB_REF_NAME#v" in FILES["publish"]


def test_jobs__end() -> None:
    assert [name for name, job in JOBS.items() if "timeout-minutes" not in job] == [*CALLS]


def form(name: str) -> dict[str, Any]:
    body = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml").read_text())["body"]
    return {field["id"]: field["attributes"] for field in body}


def test_bug__asks_for_the_dispatcher_by_its_name() -> None:
    backends = ROOT / "src" / "django_share_analytics" / "dispatch" / "backends"
    there = {path.stem for path in backends.glob("[a-z]*.py")}
    options = {option.split()[0] for option in form("bug")["dispatcher"]["options"]}
    assert options - {"our"} == there


def test_hooks__run_what_is_locked_and_fetch_nothing() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    lint = " ".join(PROJECT["dependency-groups"]["lint"])
    for hook in config["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        program, argument, *_ = hook["entry"].split()
        if program == "make":
            assert argument in commands()
        else:
            assert f"{program.removeprefix('.venv/bin/')}>=" in lint
