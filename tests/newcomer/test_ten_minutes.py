"""From an empty folder to a number in the admin, by the README alone.

What the README takes for granted is made here: a project with a model and a page for each of its
objects. All the rest is read from the README, and typed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from tests import services
from tests.browser.conftest import browser
from tests.browser.helpers import eventually
from tests.newcomer.readme import ROOT, ten_minutes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["browser"]

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif("RUN_NEWCOMER" not in os.environ, reason="for `make test-newcomer`"),
]

DJANGOS = {"django52": (3, 11), "django61": (3, 12)}
"""The file of ``requirements`` that has the Django, and the oldest Python that it runs on."""

MODELS = """
from django.db import models
from django.urls import reverse


class App(models.Model):
    name = models.CharField(max_length=200)

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("app", args=[self.pk])
"""
PAGES = """
from django.urls import path
from django.views.generic import DetailView
from catalog.models import App

urlpatterns += [
    path("apps/<int:pk>", DetailView.as_view(model=App, context_object_name="app"), name="app")
]
"""
MAKES_AN_APP = 'from catalog.models import App; App.objects.create(name="Chess")'


@dataclass
class Newcomer:
    """Somebody with a terminal and an editor."""

    folder: Path
    environment: dict[str, str]

    def types(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def adds(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if path.exists() else ""
        path.write_text(f"{before}\n{dedent(text)}")


def python_for(oldest: tuple[int, int]) -> str:
    if sys.version_info >= oldest:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(oldest[1], 14)]
    found = [path for name in names if (path := shutil.which(name))]
    services.require(found, f"no {' or '.join(names)}")
    return found[0]


def locked(*names: str) -> str:
    """The locked releases of everything that may come along, for pip to choose no other."""
    lines = [
        line.removesuffix(" \\")
        for name in names
        for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        if "==" in line and not line.startswith((" ", "#", "django=="))
    ]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(params=DJANGOS)
def newcomer(request: pytest.FixtureRequest, tmp_path: Path, wheel: Path) -> Newcomer:
    """In an empty folder, with an environment that has this Django and nothing else."""
    python = python_for(DJANGOS[request.param])
    subprocess.run([python, "-m", "venv", str(tmp_path / "venv")], check=True)
    constraints = tmp_path / "constraints.txt"
    requirement = (ROOT / "requirements" / f"{request.param}.txt").read_text()
    (django,) = (line for line in requirement.splitlines() if line.startswith("django=="))
    django = django.partition(" ")[0]
    ours = f"django-share-analytics @ {wheel.as_uri()}"
    constraints.write_text("\n".join([locked("test-base"), django, ours]))
    keep = ("HOME", "LANG", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE")
    keep += ("PIP_TRUSTED_HOST", "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    environment = {name: os.environ[name] for name in keep if name in os.environ}
    environment |= {
        "PATH": f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}",
        "PIP_CONSTRAINT": str(constraints),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "1",
        "PYTHONWARNINGS": "error::DeprecationWarning:django_share_analytics",
    }
    somebody = Newcomer(tmp_path, environment)
    somebody.types(f"pip install '{django}'")
    somebody.types("django-admin startproject mysite .")
    somebody.types("python manage.py startapp catalog")
    (tmp_path / "catalog" / "models.py").write_text(MODELS)
    somebody.adds("mysite/settings.py", 'INSTALLED_APPS += ["catalog"]')
    somebody.adds("mysite/urls.py", PAGES)
    return somebody


@contextmanager
def serving(newcomer: Newcomer) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = newcomer.folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            ["python", "manage.py", "runserver", "--noreload", str(port)],
            cwd=newcomer.folder,
            env=newcomer.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            executable=newcomer.folder / "venv" / "bin" / "python",
        )
    site = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: answers(f"{site}/apps/1") or server.poll() is not None, seconds=60)
        assert server.poll() is None, log.read_text()
        yield site
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


def answers(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(url, timeout=5).status == 200)
    except OSError:
        return False


def follow_the_readme(newcomer: Newcomer) -> dict[str, str]:
    """Every step, in the order of the page; what each command said."""
    said = {}
    for step in ten_minutes():
        if step.language == "console":
            said |= {command: newcomer.types(command) for command in step.commands}
        elif step.language == "python":
            newcomer.adds(f"mysite/{step.file}", step.code)
        else:
            assert step.language == "django", step
            lines = [line for line in step.code.splitlines() if line.strip() != "…"]
            template = "<!doctype html>\n" + "\n".join(lines)
            newcomer.adds("catalog/templates/catalog/app_detail.html", template)
    return said


def test_ten_minutes(newcomer: Newcomer, browser: Browser) -> None:
    said = follow_the_readme(newcomer)

    assert "no issues" in said["python manage.py check"], "not even a warning"
    newcomer.types(f"python manage.py shell -c '{MAKES_AN_APP}'")
    newcomer.environment |= {"DJANGO_SUPERUSER_PASSWORD": "secret"}
    newcomer.types("python manage.py createsuperuser --noinput --username amal --email a@b.example")
    with serving(newcomer) as site:
        page = browser.new_page(base_url=site)
        try:
            taps_and_looks(page)
        finally:
            page.context.close()


def taps_and_looks(page: Any) -> None:
    """Share on the page, and read the number where the README says that it is."""
    page.context.route("https://**", lambda route: route.fulfill(body="elsewhere"))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/apps/1")
    assert page.get_by_text("Shared 0 times").is_visible()
    with page.expect_response("**/api/shares") as answer, page.expect_popup():
        page.locator("[data-share-platform=whatsapp]").click()
    assert answer.value.status == 202
    assert page.get_by_text("Shared 1 times").is_visible(), "at once"

    page.goto("/admin/")
    page.fill("[name=username]", "amal")
    page.fill("[name=password]", "secret")
    page.click("[type=submit]")
    page.get_by_role("link", name="Share statistics", exact=True).first.click()
    for _ in range(20):
        if page.locator(".share-cards strong").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    assert page.locator(".share-cards strong").first.inner_text() == "1"
    assert page.get_by_role("link", name="Chess").first.is_visible()
    assert errors == []
