"""Whatever the shared model's key: no host is asked for a migration, and ours run both ways."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = ("uuid", *(pytest.param(key, marks=pytest.mark.slow) for key in ("int", "str")))
ROOT = Path(__file__).parent.parent


def run(app_key: str, *arguments: str) -> None:
    """Run Python in the project of the host with that kind of key; its complaint is ours."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_APP_KEY": app_key,
    }
    # Else the process would take the name of this run's own database.
    environment.pop("PYTEST_XDIST_TESTRUNUID", None)
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.once
@pytest.mark.parametrize("app_key", KEYS)
def test_makemigrations__has_nothing_to_do(app_key: str) -> None:
    run(app_key, "-m", "django", "makemigrations", "--check", "--dry-run")


@pytest.mark.once  # the tox environment of migrations runs it on each database
@pytest.mark.parametrize("app_key", KEYS)
def test_migrate__from_nothing_to_zero_and_again(app_key: str) -> None:
    run(app_key, "-m", "tests.migrate_round_trip")
