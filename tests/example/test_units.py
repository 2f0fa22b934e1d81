"""The units of systemd: systemd understands them, and what they start and wait for is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
from django.core.management import get_commands

from django_share_analytics.dispatch.backends.buffered import BufferedOptions
from django_share_analytics.management.stopping import STOPPABLE
from tests import services
from tests.example.conftest import ROOT

pytestmark = pytest.mark.once

DEPLOY = ROOT / "example_project" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
TIMERS = [path for path in UNITS if path.suffix == ".timer"]
GUNICORN_GIVES_ITS_WORKERS = 30


def read(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    """The units as they would be where this repository is what they call /srv/shelf."""
    environment = tmp_path / "environment"
    shutil.copy(DEPLOY / "environment.example", environment)
    programs = tmp_path / "srv" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "gunicorn"):
        (programs / name).symlink_to("/bin/true")
    for path in UNITS:
        text = path.read_text().replace("/srv/shelf", str(tmp_path / "srv"))
        text = text.replace("/etc/shelf/environment", str(environment))
        (tmp_path / path.name).write_text(text.replace("User=shelf", "User=root"))
    return [str(tmp_path / path.name) for path in UNITS]


def verified(*units: str) -> subprocess.CompletedProcess[str]:
    program = services.require_program("systemd-analyze")
    return subprocess.run(
        [program, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )


def test_units__systemd_has_nothing_to_say(here: list[str]) -> None:
    done = verified(*here)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_units__systemd_would_say_so(here: list[str]) -> None:
    web = next(Path(unit) for unit in here if unit.endswith("web.service"))
    web.write_text(web.read_text().replace("KillMode=mixed", "KilMode=mixed"))
    assert "KilMode" in verified(str(web)).stderr


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services__start_what_is_there(path: Path) -> None:
    started = read(path)["Service"]["ExecStart"].split()
    assert started[0].startswith("/srv/shelf/.venv/bin/")
    for argument in started[1:]:
        if argument.startswith("example_project/"):
            assert (ROOT / argument).is_file()
    if "manage.py" in started[1] and "%i" not in started:
        assert started[2] in get_commands()


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_timers__name_a_command(path: Path) -> None:
    unit = re.fullmatch(r"shelf-command@(\w+)\.service", read(path)["Timer"]["Unit"])
    assert unit
    assert path.stem == f"shelf-{unit[1]}"
    assert get_commands()[unit[1]] == "django_share_analytics"


def test_timers__all_that_is_to_be_done_every_night() -> None:
    assert {path.stem.removeprefix("shelf-") for path in TIMERS} == {
        "blank_shares",
        "prune_shares",
        "find_cascades",
        "verify_share_counts",
        "share_analytics_status",
    }


def test_web__is_given_the_time_that_it_takes_to_write_what_waits() -> None:
    service = read(DEPLOY / "systemd" / "shelf-web.service")["Service"]
    assert (
        BufferedOptions().shutdown_seconds
        < GUNICORN_GIVES_ITS_WORKERS
        < int(service["TimeoutStopSec"])
    )
    assert service["KillMode"] == "mixed", "SIGTERM is gunicorn's, which tells its workers"
    assert "KillSignal" not in service, "SIGTERM"


def test_commands__stopped_in_their_middle_have_not_failed() -> None:
    service = read(DEPLOY / "systemd" / "shelf-command@.service")["Service"]
    assert service["SuccessExitStatus"] == "143"
    assert "143" in STOPPABLE
