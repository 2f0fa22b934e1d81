"""A site in a folder of its own, whose app has the models and migrations that a test gives it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]

SETTINGS = """
import os
from tests import databases

DATABASES = {{"default": databases.configuration(os.environ.get("TEST_DATABASE", "sqlite"))}}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_share_analytics",
    *{apps!r},
]
SHARE_ANALYTICS_APP_MODEL = os.environ.get("TEST_APP_MODEL", {app_model!r})
SHARE_ANALYTICS = {{
    "DISPATCHERS": {{
        "default": {{
            "BACKEND": "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher",
        }},
    }},
}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "only for tests"
USE_TZ = True
{more}
"""

MIGRATION = """
from django.db import migrations, models
{imports}

class Migration(migrations.Migration):
    dependencies = {dependencies!r}
    run_before = {run_before!r}
    replaces = {replaces!r}
    operations = [{operations}]
"""


def create(name: str, more: str = "") -> str:
    return (
        f'migrations.CreateModel("{name}", [("id", models.BigAutoField('
        f'auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))], {more})'
    )


def rename(old: str, new: str) -> str:
    return f'migrations.RenameModel("{old}", "{new}")'


def delete(name: str) -> str:
    return f'migrations.DeleteModel("{name}")'


class Site:
    def __init__(self, folder: Path, label: str = "store") -> None:
        self.folder = folder
        self.label = label
        # One of its own, in memory; a test that has made another names that.
        self.environment = {"TEST_DATABASE": "sqlite", "TEST_DATABASE_NAME": ""}
        self.write(f"{label}/__init__.py")

    def write(self, path: str, text: str = "") -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text))

    def shares(
        self, model: str, *, among: Sequence[str] = (), more: str = "", apps: Sequence[str] = ()
    ) -> None:
        """The settings, and the models: the one that is shared and those beside it."""
        label, _, name = model.rpartition(".")
        label = label or self.label
        setting = SETTINGS.format(
            apps=[self.label, *apps], app_model=f"{label}.{name}", more=dedent(more)
        )
        self.write("site_settings.py", setting)
        self.models(self.label, *among, *([name] if label == self.label else []))

    def models(self, label: str, *names: str) -> None:
        lines = [f"class {name}(models.Model):\n    pass\n" for name in names]
        self.write(f"{label}/models.py", "\n".join(["from django.db import models", *lines]))

    def migration(
        self,
        name: str,
        *operations: str,
        after: Sequence[str | tuple[str, str]] = (),
        before: Sequence[tuple[str, str]] = (),
        replaces: Sequence[str] = (),
        imports: str = "",
        folder: str = "",
        label: str = "",
    ) -> None:
        """A migration, which depends on those of its own app and of others in ``after``."""
        label = label or self.label
        folder = folder or f"{label}/migrations"
        self.write(f"{folder}/__init__.py")
        text = MIGRATION.format(
            imports=dedent(imports),
            dependencies=[key if isinstance(key, tuple) else (label, key) for key in after],
            run_before=list(before),
            replaces=[(label, replaced) for replaced in replaces],
            operations=", ".join(operations),
        )
        self.write(f"{folder}/{name}.py", text)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python in this site."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "site_settings",
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT), *sys.path]),
            "PYTHONDONTWRITEBYTECODE": "1",  # what is written twice in a second is read as it was
            **self.environment,
        }
        environment.pop("PYTEST_XDIST_TESTRUNUID", None)
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeeds(self, *arguments: str, stdin: str = "") -> str:
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def manage(self, *arguments: str, stdin: str = "") -> str:
        return self.succeeds("-m", "django", *arguments, stdin=stdin)
