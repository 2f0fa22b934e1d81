"""A host's tests need no line of ours, and touch nothing of the real site.

A site with the default dispatcher, a journal in which a real share waits, and an app of the key
that its tests use, too.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from django.core.signals import setting_changed

from django_share_analytics.conf import is_unset_under_tests
from django_share_analytics.testing import IMMEDIATE, use_dispatchers
from tests import services
from tests.host.site import ROOT, Site, create

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
import pathlib
HERE = pathlib.Path(__file__).parent
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(HERE / "real.sqlite3")},
}
STATIC_URL = "static/"
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS += ["rest_framework", "django_filters", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
SHARE_ANALYTICS = {
    "DISPATCHERS": {
        "default": {
            "BACKEND": "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher",
            "OPTIONS": {"journal": str(HERE / "journal")},
        },
    },
}
"""
URLS = """
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from django_share_analytics import atrack_share, track_share

PAGE = engines["django"].from_string("{% load share_analytics %}{% share_count 1 %}")


async def asynchronous(request):
    assert track_share(1, "x", user=request.user).accepted
    assert (await atrack_share(1, "x", user=request.user)).accepted
    return HttpResponse(PAGE.render())


urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("asynchronous", asynchronous),
]
"""
DJANGOS = """
import urllib.request
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import LiveServerTestCase, SimpleTestCase, TestCase, TransactionTestCase
from django_share_analytics import track_share
from django_share_analytics.models import Share
from django_share_analytics.testing import IMMEDIATE, capture_shares, use_dispatchers
from store.models import App


def post(client):
    answer = client.post("/api/shares", {"appId": 1, "platform": "x"}, "application/json")
    assert answer.status_code == 202, answer.content


def total(client):
    return client.get("/api/apps/1/share-count").json()["totalShares"]


class Counted:
    def setUp(self):
        App.objects.create(pk=1)

    def test_a_share_is_counted(self):
        assert total(self.client) == 0
        post(self.client)
        assert Share.objects.count() == total(self.client) == 1

    def test_and_again(self):
        self.test_a_share_is_counted()

    def test_from_python(self):
        assert track_share(App.objects.get(), "x").accepted
        assert Share.objects.count() == 1

    def test_consuming(self):
        with self.assertRaisesMessage(CommandError, "nothing to consume"):
            call_command("consume_shares", once=True)

    def test_captured(self):
        with capture_shares() as shares:
            post(self.client)
        assert (len(shares), Share.objects.count()) == (1, 0)

    def test_with_a_dispatcher_of_its_own(self):
        with use_dispatchers(IMMEDIATE):
            self.test_a_share_is_counted()

    @use_dispatchers(IMMEDIATE)
    def test_and_again_with_it(self):
        self.test_a_share_is_counted()

    def test_what_it_keeps_itself(self):
        with self.settings(SHARE_ANALYTICS={"SHARE_COUNT_CACHE_SECONDS": 60}):
            assert total(self.client) == 0
            post(self.client)
            assert total(self.client) == 0
        assert total(self.client) == 1

    async def test_asynchronous(self):
        user = await User.objects.acreate(username="reader")
        await self.async_client.aforce_login(user)
        answer = await self.async_client.get("/asynchronous")
        assert b">2</span>" in answer.content, answer.content
        assert await Share.objects.filter(user=user).acount() == 2

    def test_an_asynchronous_view(self):
        assert b">2</span>" in self.client.get("/asynchronous").content


class InATransaction(Counted, TestCase):
    pass


class Committed(Counted, TransactionTestCase):
    pass


class OnAServer(LiveServerTestCase):
    def test_a_share_is_counted(self):
        App.objects.create(pk=1)
        request = urllib.request.Request(
            self.live_server_url + "/api/shares",
            b'{"appId": 1, "platform": "x"}',
            {"Content-Type": "application/json"},
        )
        assert urllib.request.urlopen(request).status == 202
        assert Share.objects.count() == 1


class WithoutADatabase(SimpleTestCase):
    def test_a_share_is_accepted(self):
        with self.assertNoLogs("django_share_analytics"):
            post(self.client)
"""
PYTESTS = """
import pytest
from django_share_analytics.models import Share
from store.models import App
from store.tests import post, total


@pytest.mark.parametrize("time", [1, 2])
def test_a_share_is_counted(db, client, time):
    App.objects.create(pk=1)
    assert total(client) == 0
    post(client)
    assert Share.objects.count() == total(client) == 1


def test_committed(transactional_db, client):
    App.objects.create(pk=1)
    post(client)
    assert Share.objects.count() == 1


def test_without_a_database(client, caplog):
    post(client)
    assert caplog.text == ""
"""
CELERY = """
SHARE_ANALYTICS = {
    "DISPATCHERS": {
        "default": {
            "BACKEND": "django_share_analytics.dispatch.backends.celery.CeleryDispatcher",
        },
    },
}
from celery import Celery
celery = Celery("site", broker="amqp://127.0.0.1:1/")
celery.conf.task_always_eager = {is_eager}
celery.set_default()
"""
NOT_EVEN_EAGERLY = """

class Eagerly(Counted, TestCase):
    def setUp(self):
        super().setUp()
        from django_share_analytics.dispatch.backends.celery import CeleryDispatcher
        from django_share_analytics.dispatch.celery.task import record_share

        def refuse(*args, **kwargs):
            raise AssertionError("what is configured is used")

        record_share.run = record_share.apply_async = CeleryDispatcher.submit = refuse
"""
LEFT_BEHIND = """
from django.test import TestCase, override_settings
from store.models import App
from store.tests import post

BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
ENTRY = {{"BACKEND": BUFFERED, "OPTIONS": {options!r}}}


class Careless(TestCase):
    def test_it_sets_a_dispatcher_and_never_unsets_it(self):
        App.objects.create(pk=1)
        override_settings(SHARE_ANALYTICS={{"DISPATCHERS": {{"default": ENTRY}}}}).enable()
        post(self.client)
"""
REAL = """
import django
django.setup()
from django.core.management import call_command
from django_share_analytics import track_share
from django_share_analytics.dispatch.handler import dispatchers
from store.models import App
call_command("migrate", verbosity=0)
App.objects.create(pk=1)
dispatchers["default"]._drain.wake = lambda **_: None  # it waits, as if the process were killed
track_share(1, "x")
import os
os._exit(0)
"""
LOOK = """
import django
django.setup()
from django_share_analytics.models import Share
assert Share.objects.count() == 0, Share.objects.values()
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.shares("App", more=SETTINGS)
    site.migration("0001_app", create("App"))
    site.write("urls.py", URLS)
    site.write("store/tests.py", DJANGOS)
    site.write("store/test_with_pytest.py", PYTESTS)
    site.write("store/test_documented.py", documented())
    site.succeeds("-c", REAL)
    assert journal_of(site), "a real share waits"
    return site


def documented() -> str:
    """The tests that the page on tests shows."""
    page = (ROOT / "docs/how-to/testing.md").read_text()
    return page.split("```python\n")[1].split("```")[0].replace("catalog.", "store.")


def journal_of(site: Site) -> dict[str, bytes]:
    files = (site.folder / "journal").rglob("*.log")
    return {str(path): path.read_bytes() for path in files if path.stat().st_size}


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize(
    "runner",
    ["django test", "django test --parallel 2",
     "pytest -q -p no:randomly -p no:cacheprovider store", "pytest -q -n 2 store"],
)  # fmt: skip
def test_tests_of_a_host__touch_nothing_real(runner: str, site: Site) -> None:
    services.require(runner, "")
    waiting = journal_of(site)
    site.succeeds("-m", *runner.split())
    assert journal_of(site) == waiting
    site.succeeds("-c", LOOK)


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("is_eager", [True, False])
def test_tests_of_a_host__that_runs_celery(is_eager: bool, tmp_path: Path) -> None:
    """Eager or not, shares are written where the tests' own writes go, and nothing is published."""
    services.require(find_spec("celery"), "Celery is not installed")
    site = Site(tmp_path)
    site.shares("App", more=SETTINGS + CELERY.replace("{is_eager}", str(is_eager)))
    site.migration("0001_app", create("App"))
    site.write("urls.py", URLS)
    site.write("store/tests.py", DJANGOS + NOT_EVEN_EAGERLY)
    site.succeeds("-m", "django", "test", "store.tests.Eagerly", "store.tests.Committed")
    assert not (tmp_path / "real.sqlite3").exists()


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"journal": "a_journal_of_tests"}], ids=["", "journal"])
def test_what_tests_left_behind__is_written_nowhere_else(options: Any, site: Site) -> None:
    """When they are over, the real database has its alias back."""
    site.write(
        "store/tests_left.py", LEFT_BEHIND.format(options={"flush_seconds": 60.0, **options})
    )
    site.succeeds("-m", "django", "test", "store.tests_left")
    site.succeeds("-c", LOOK)


def test_what_a_test_sets__counts() -> None:
    """Our own tests set it, see ``_as_in_production``."""
    assert not is_unset_under_tests("DISPATCHERS")
    assert not is_unset_under_tests("CACHE_ALIAS", "SHARE_COUNT_CACHE_SECONDS")
    assert is_unset_under_tests("PLATFORMS")
    with use_dispatchers(IMMEDIATE):
        assert not is_unset_under_tests("DISPATCHERS")
    assert setting_changed.receivers
