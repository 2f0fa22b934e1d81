"""The example's production settings: nothing to be warned of, and what they need is asked for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.example.conftest import ROOT, Project

for module in ("environ", "gunicorn", "redis", "whitenoise"):
    pytest.importorskip(module, reason="needs the dependency group 'example'")

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.once, pytest.mark.slow]

DOCKERFILE = (ROOT / "example_project" / "deploy" / "Dockerfile").read_text()
NEEDED = {
    "SECRET_KEY": "a-long-random-text-of-which-nobody-knows-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "shelf.example.com",
    "DATABASE_URL": "postgres://shelf@127.0.0.1:1/shelf",
    "CACHE_URL": "redis://127.0.0.1:1/0",
}
REDIS = {"SHARE_DISPATCHER": "redis", "REDIS_URL": "redis://127.0.0.1:1/0"}
CELERY = {"SHARE_DISPATCHER": "celery", "CELERY_BROKER_URL": "amqp://127.0.0.1:1//"}
DISPATCHERS = [
    pytest.param(REDIS, id="redis"),
    pytest.param({"SHARE_DISPATCHER": "buffered"}, id="buffered", marks=pytest.mark.slow),
    pytest.param(CELERY, id="celery", marks=pytest.mark.slow),
]


def manage(
    directory: Path, *arguments: str, input: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in Project(directory).environment.items() if key not in NEEDED
    }
    return subprocess.run(
        [sys.executable, "example_project/manage.py", *arguments],
        cwd=ROOT,
        env={
            **environment,
            "DJANGO_SETTINGS_MODULE": "example_project.production",
            "SHARE_LIMITS": "",
            **variables,
        },
        input=input,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("dispatcher", DISPATCHERS)
def test_check__has_nothing_to_say(tmp_path: Path, dispatcher: dict[str, str]) -> None:
    journal = str(tmp_path / "journal")
    done = manage(
        tmp_path, "check", "--deploy", "--fail-level=INFO",
        **NEEDED, **dispatcher, SHARE_JOURNAL=journal,
    )  # fmt: skip
    assert done.stdout == "System check identified no issues (0 silenced).\n", done.stderr
    assert done.returncode == 0


def test_check__a_dispatcher_that_loses_shares_is_none(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level=WARNING", **NEEDED)
    assert done.returncode == 1
    assert "share_analytics.W001" in done.stderr


@pytest.mark.parametrize("name", NEEDED)
def test_settings__ask_for_what_has_no_default(tmp_path: Path, name: str) -> None:
    given = {key: value for key, value in NEEDED.items() if key != name}
    done = manage(tmp_path, "check", **given)
    assert done.returncode == 1
    assert f"Set the {name} environment variable" in done.stderr


SHOW = """
import json
import django
from django.conf import settings
from django.core import mail
from django.urls import reverse

mailer = mail.mailers["default"] if django.VERSION >= (6, 1) else mail.get_connection()
shown = {
    "ours": settings.SHARE_ANALYTICS,
    "caches": settings.CACHES,
    "database": settings.DATABASES["default"],
    "policy": settings.SECURE_CSP,
    "trusted": settings.CSRF_TRUSTED_ORIGINS,
    "mail": [mailer.host, mailer.port, mailer.username, mailer.use_tls],
    "link": reverse("share_links:link", args=["code", "key"]),
}
print(json.dumps(shown, default=str))
"""


def test_settings__what_the_demonstration_has_and_more(tmp_path: Path) -> None:
    url = "smtp+tls://me:word@mail.example.com:587"
    done = manage(tmp_path, "shell", "--no-imports", "-c", SHOW, **NEEDED, EMAIL_URL=url)
    shown = json.loads(done.stdout)
    ours, database = shown["ours"], shown["database"]
    assert (ours["PLACEMENTS"], ours["GOALS"]) == (["top", "end"], {"get": True})
    assert (ours["TRUSTED_PROXIES"], ours["LIMITS_CACHE"]) == (1, "limits")
    assert "LIMITS" not in ours, "the package's own"
    assert {each["LOCATION"] for each in shown["caches"].values()} == {NEEDED["CACHE_URL"]}
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    assert database["OPTIONS"] == {"connect_timeout": 3}
    assert shown["policy"]["default-src"] == ["'self'"]
    assert shown["trusted"] == []
    assert shown["mail"] == ["mail.example.com", 587, "me", True]
    assert shown["link"] == "/s/code/key"


LOG_IN = """
import json
import sys
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

for app in ("auth", "sessions"):
    call_command("migrate", app, verbosity=0)
User.objects.create_superuser("admin", password="word")
said = []
for headers in json.loads(sys.stdin.read()):
    client = Client(enforce_csrf_checks=True, headers=headers)
    client.cookies["csrftoken"] = token = "a" * 32
    who = {"username": "admin", "password": "word", "next": "/admin/"}
    answer = client.post("/admin/login/", {**who, "csrfmiddlewaretoken": token})
    said.append([answer.status_code, answer.headers.get("Location")])
print(json.dumps(said))
"""


def test_login__behind_nginx(tmp_path: Path) -> None:
    """Its headers are enough: no origin has to be trusted, not even that of a neighbour."""
    nginx = (ROOT / "example_project" / "deploy" / "nginx.conf").read_text()
    added = dict(re.findall(r"proxy_set_header (\S+) (\S+);", nginx))
    means = {
        "$host": "a.example.com",
        "$proxy_add_x_forwarded_for": "203.0.113.7",
        "$scheme": "https",
    }
    headers = {name: means[value] for name, value in added.items()}
    asked = [
        headers | {"Origin": "https://a.example.com"},
        headers | {"Referer": "https://a.example.com/admin/login/"},
        headers | {"Origin": "https://b.example.com"},
        headers | {"Origin": "https://a.example.com", "X-Forwarded-Proto": "http"},
    ]
    given = NEEDED | {"ALLOWED_HOSTS": "a.example.com,b.example.com"}
    given["DATABASE_URL"] = "sqlite://:memory:"
    done = manage(tmp_path, "shell", "--no-imports", "-c", LOG_IN, input=json.dumps(asked), **given)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        [302, "/admin/"],
        [302, "/admin/"],
        [403, None],
        [301, "https://a.example.com/admin/login/"],
    ]


def test_static_files__have_names_that_change_with_them(tmp_path: Path) -> None:
    """Collected with what the Dockerfile says: an image is built without any secret."""
    (said,) = re.findall(r"^RUN (SECRET_KEY=.*) \\$", DOCKERFILE, re.MULTILINE)
    variables = dict(each.split("=", 1) for each in said.split())
    variables["STATIC_ROOT"] = str(tmp_path / "static")
    done = manage(tmp_path, "collectstatic", "--no-input", "--verbosity=0", **variables)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "static" / "share_analytics").iterdir()}
    assert {name for name in names if name.startswith("share.") and name.endswith(".js.gz")}
    script = "from django.templatetags.static import static; print(static('catalog/icon.svg'))"
    done = manage(tmp_path, "shell", "--no-imports", "-c", script, **variables)
    assert done.stdout.startswith("/static/catalog/icon.")
    assert done.stdout.strip() != "/static/catalog/icon.svg"
