"""Whatever the shared model's key: no host is asked for a migration, and ours run both ways."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

KEYS = ("uuid", *(pytest.param(key, marks=pytest.mark.slow) for key in ("int", "str")))
ROOT = Path(__file__).parent.parent
LATER = {
    name: migration
    for (label, name), migration in MigrationLoader(None).disk_migrations.items()
    if label == "share_analytics" and not migration.initial
}
HARMLESS = (
    migrations.AddField,
    migrations.AddIndex,
    migrations.AlterField,
    migrations.AlterModelOptions,
    migrations.CreateModel,
    migrations.RunPython,
)


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


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(LATER))
def test_migrations__take_nothing_from_the_code_of_before(name: str) -> None:
    """It goes on while a site is upgraded: its rows have no value for a column that it never heard
    of, and all that it asks for is there."""
    for operation in LATER[name].operations:
        assert isinstance(operation, HARMLESS), f"{operation}: with the next major version only"
        if isinstance(operation, migrations.AddField):
            field = operation.field
            assert field.null or field.has_db_default() or field.many_to_many, operation
