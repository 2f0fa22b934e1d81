"""A host's tests need no line of ours, and touch nothing of the real site.

A site with the default dispatcher, a journal in which a real share waits, and an app of the key
that its tests use, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.signals import setting_changed

from django_share_analytics.conf import is_unset_under_tests
from django_share_analytics.testing import IMMEDIATE, use_dispatchers
from tests import services
from tests.host.site import Site, create

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
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
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
from django.urls import include, path

urlpatterns = [path("api/", include("django_share_analytics.urls"))]
"""
DJANGOS = """
import urllib.request
from django.test import LiveServerTestCase, SimpleTestCase, TestCase, TransactionTestCase
from django_share_analytics import track_share
from django_share_analytics.models import Share
from django_share_analytics.testing import capture_shares
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

    def test_captured(self):
        with capture_shares() as shares:
            post(self.client)
        assert (len(shares), Share.objects.count()) == (1, 0)


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
    site.succeeds("-c", REAL)
    assert journal_of(site), "a real share waits"
    return site


def journal_of(site: Site) -> dict[str, bytes]:
    files = (site.folder / "journal").rglob("*.log")
    return {str(path): path.read_bytes() for path in files if path.stat().st_size}


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize(
    "runner",
    ["django test store.tests", "django test store.tests --parallel 2",
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
    assert not is_unset_under_tests()
    with use_dispatchers(IMMEDIATE):
        assert not is_unset_under_tests()
    assert setting_changed.receivers
