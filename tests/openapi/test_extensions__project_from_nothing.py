"""README's lines and those of the page about OpenAPI, in a project that Django has just made."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("drf_spectacular")

pytestmark = [pytest.mark.slow, pytest.mark.once]
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "openapi.md"
MODEL = """
from django.db import models

class App(models.Model):
    name = models.CharField(max_length=50)
"""
README_LINES = """
INSTALLED_APPS += ["catalog", "rest_framework", "django_filters", "django_share_analytics"]
SHARE_ANALYTICS_APP_MODEL = "catalog.App"
"""


def sample(file: str) -> str:
    """The first sample for this file on the page."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"```python\n# {re.escape(file)}\n(.*?)```", text, re.DOTALL)
    assert found, f"{PAGE} says nothing of {file}"
    return found[1]


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-W", "error", *arguments]
    # Its own settings, and not those of the tests.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_spectacular__has_nothing_to_warn_of(tmp_path: Path) -> None:
    run(tmp_path, "-m", "django", "startproject", "mysite", ".")
    run(tmp_path, "manage.py", "startapp", "catalog")
    (tmp_path / "catalog" / "models.py").write_text(MODEL)
    with (tmp_path / "mysite" / "settings.py").open("a") as settings:
        settings.write(README_LINES + sample("settings.py"))
    (tmp_path / "mysite" / "urls.py").write_text(sample("urls.py"))
    schema = run(tmp_path, "manage.py", "spectacular", "--validate", "--fail-on-warn")
    assert schema.count("operationId: share_analytics_") == 11
    assert "/api/schema/:" in schema
