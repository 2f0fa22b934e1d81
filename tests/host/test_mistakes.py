"""What somebody who begins does wrong, and what they are told.

The table of ``how-to/troubleshooting.md`` has both, and each row is tried here, in its own project.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.host.site import ROOT, Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.once, pytest.mark.slow]

PAGE = (ROOT / "docs" / "how-to" / "troubleshooting.md").read_text()
TABLE = {
    row[0].strip(): re.findall("`(.+?)`", row[2])[0]
    for line in PAGE.splitlines()
    if line.startswith("| ") and (row := line.strip("| ").split(" | ")) and row[0] != "what I did"
}

MODELS = """
from django.db import models

class Product(models.Model):
    name = models.CharField(max_length=50)

    def get_absolute_url(self):
        return f"/products/{self.pk}"

class Thing(models.Model):
    name = models.CharField(max_length=50)

class Special(Product):
    class Meta:
        proxy = True

class Idea(models.Model):
    class Meta:
        abstract = True
"""
URLS = """
from django.http import HttpResponse
from django.urls import include, path

ours = path("api/", include("django_share_analytics.urls"))
anything = path("<path:anything>", lambda request, anything: HttpResponse())
urlpatterns = [ours, anything]
"""
MORE = """
DEBUG = True
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "site_urls"
STATIC_URL = "/static/"
PROCESSORS = ["django.template.context_processors.request"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
              "OPTIONS": {"context_processors": PROCESSORS}}]
"""
PAGE_WITH = """
import sys, django
django.setup()
from django.template import RequestContext, engines
from django.test import RequestFactory
from store.models import Product, Thing

names = {"app": Product(pk=1, name="Chess"), "other": Product(pk=2), "new": Product()}
source = "{% load share_analytics %}" + sys.argv[1] if "share_" in sys.argv[1] else sys.argv[1]
source = source.replace("{% load share_analytics %}!", "")
print(engines["django"].from_string(source).render(names, RequestFactory().get("/here")))
"""


class Newcomer:
    """A project as the README makes it, with one mistake."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.more = MORE
        self.model = "store.Product"

    def check(self, more: str = "", *arguments: str) -> str:
        self.set_up(more)
        done = self.site.run("-m", "django", "check", *arguments)
        return done.stdout + done.stderr

    def set_up(self, more: str = "") -> None:
        self.site.shares("Product", more=self.more + more)
        self.site.write("site_urls.py", URLS)
        self.site.write("store/models.py", MODELS)
        self.site.environment["TEST_APP_MODEL"] = self.model

    def sets(self, **values: object) -> str:
        """What ``check`` says of these values in ``SHARE_ANALYTICS``."""
        return self.check(f"\nSHARE_ANALYTICS.update({values!r})\n")

    def names_model(self, label: str) -> str:
        self.model = label
        return self.check()

    def migrates(self) -> str:
        done = self.site.run("-m", "django", "migrate", "--verbosity", "0")
        return done.stdout + done.stderr

    def shows(self, source: str, more: str = "") -> str:
        """What a page with this in its template says, or its server."""
        self.set_up(more)
        done = self.site.run("-c", PAGE_WITH, source)
        return done.stdout + done.stderr


def without_makemigrations(somebody: Newcomer) -> str:
    somebody.set_up()
    return somebody.migrates()


def without_migrate(somebody: Newcomer) -> str:
    somebody.set_up()
    done = somebody.site.run("-m", "django", "share_analytics_status")
    return done.stdout + done.stderr


def with_another_model(somebody: Newcomer) -> str:
    somebody.site.environment |= {"TEST_DATABASE_NAME": str(somebody.site.folder / "db.sqlite3")}
    somebody.set_up()
    somebody.site.manage("makemigrations", "store", "--verbosity", "0")
    assert somebody.migrates() == ""
    somebody.model = "store.Thing"
    return somebody.check("", "--database", "default")


def consuming_nothing(somebody: Newcomer) -> str:
    somebody.set_up()
    return somebody.site.fails("-m", "django", "consume_shares", "--once")


def without_our_urls(somebody: Newcomer) -> str:
    somebody.set_up()
    somebody.site.write("site_urls.py", "urlpatterns = []")
    done = somebody.site.run("-c", PAGE_WITH, "{% share_buttons app %}")
    return done.stdout + done.stderr


def with_a_greedy_pattern(somebody: Newcomer) -> str:
    somebody.set_up()
    somebody.site.write("site_urls.py", URLS + "urlpatterns = [anything, ours]")
    done = somebody.site.run("-m", "django", "check")
    return done.stdout + done.stderr


MANIFEST = """
DEBUG = False
STATIC_ROOT = "/nowhere"
INSTALLED_APPS += ["django.contrib.staticfiles"]
STORAGES = {"staticfiles": {
    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
"""
BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"

MISTAKES: dict[str, Callable[[Newcomer], str]] = {
    "I left out `SHARE_ANALYTICS_APP_MODEL`": lambda it: it.check(
        "del SHARE_ANALYTICS_APP_MODEL\n"
    ),
    "I wrote the model's path instead of its label": lambda it: it.names_model(
        "store.models.Product"
    ),
    "I wrote the app's label in another case": lambda it: it.names_model("Store.Product"),
    "I mistyped the model's name": lambda it: it.names_model("store.Prodct"),
    "I left the model's app out of `INSTALLED_APPS`": lambda it: it.check(
        "INSTALLED_APPS.remove('store')\n"
    ),
    "I named an abstract model": lambda it: it.names_model("store.Idea"),
    "I named a proxy": lambda it: it.names_model("store.Special"),
    "I left `django_share_analytics` out of `INSTALLED_APPS`": lambda it: it.check(
        "INSTALLED_APPS.remove('django_share_analytics')\n"
    ),
    "I wrote `share_analytics` into `INSTALLED_APPS`": lambda it: it.check(
        "INSTALLED_APPS[2] = 'share_analytics'\n"
    ),
    "I put the apps into another order": lambda it: it.check("INSTALLED_APPS.reverse()\n"),
    "I mistyped a key of `SHARE_ANALYTICS`": lambda it: it.sets(PLATFROMS=["copy"]),
    "I wrote a key of `SHARE_ANALYTICS` in lower case": lambda it: it.sets(platforms=["copy"]),
    "I made `SHARE_ANALYTICS` a list": lambda it: it.check("SHARE_ANALYTICS = ['copy']\n"),
    "I wrote a number as a text": lambda it: it.sets(SHARE_COUNT_CACHE_SECONDS="600"),
    "I mistyped a platform in `PLATFORMS`": lambda it: it.sets(PLATFORMS=["watsapp"]),
    "I mistyped the path of a dispatcher": lambda it: it.sets(
        DISPATCHERS={"default": {"BACKEND": "nowhere.Dispatcher"}}
    ),
    "I mistyped an option of a dispatcher": lambda it: it.sets(
        DISPATCHERS={"default": {"BACKEND": BUFFERED, "OPTIONS": {"jurnal": "/tmp"}}}
    ),
    "I forgot the name `default` in `DISPATCHERS`": lambda it: it.sets(
        DISPATCHERS={"BACKEND": BUFFERED}
    ),
    "I named a journal in a folder that I may not write to": lambda it: it.sets(
        DISPATCHERS={"default": {"BACKEND": BUFFERED, "OPTIONS": {"journal": "/dev/null/here"}}}
    ),
    "I named a cache that `CACHES` doesn't have": lambda it: it.sets(CACHE_ALIAS="redis"),
    "I mistyped a class in `AUTHENTICATION_CLASSES`": lambda it: it.sets(
        AUTHENTICATION_CLASSES=["rest_framework.authentication.TokenAuth"]
    ),
    "I mistyped the function of `PUBLIC_APPS`": lambda it: it.sets(PUBLIC_APPS="nowhere.function"),
    "I mistyped the function of `APPS_WITH_NAMES`": lambda it: it.sets(
        APPS_WITH_NAMES="nowhere.function"
    ),
    "I turned `USE_TZ` off": lambda it: it.check("USE_TZ = False\n"),
    "I put a pattern that takes everything before our URLs": with_a_greedy_pattern,
    "My model has no `get_absolute_url()`": lambda it: it.names_model("store.Thing"),
    "I left out `makemigrations`": without_makemigrations,
    "I left out `migrate`": without_migrate,
    "I share another model than before the first `migrate`": with_another_model,
    "I run `consume_shares`, and nothing waits outside of the processes": consuming_nothing,
    "I left our URLs out of `urls.py`": without_our_urls,
    "I forgot `{% load share_analytics %}`": lambda it: it.shows("!{% share_buttons app %}"),
    "I forgot `{% share_assets %}`": lambda it: it.shows("{% share_buttons app %}"),
    "I mistyped a platform in a tag": lambda it: it.shows(
        "{% share_buttons app platforms='watsapp' %}"
    ),
    "I gave a tag something that is no app": lambda it: it.shows("{% share_buttons request %}"),
    "I gave a tag an object that isn't saved": lambda it: it.shows("{% share_buttons new %}"),
    "I gave `url=` something that is no address": lambda it: it.shows(
        "{% share_buttons app url='javascript:x' %}"
    ),
    "I put buttons into a list of things without `get_absolute_url()`": lambda it: it.shows(
        "{% share_buttons 1 %}{% share_buttons 2 %}"
    ),
    "My templates have no `request`": lambda it: it.shows(
        "{% share_buttons app %}", "PROCESSORS.clear()\n"
    ),
    "I left out `collectstatic`, with a storage that has a manifest": lambda it: it.shows(
        "{% share_assets %}whole", MANIFEST
    ),
}


def test_the_page_has_these_mistakes() -> None:
    assert list(TABLE) == list(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes__say_what_they_are(mistake: str, tmp_path: Path) -> None:
    said = MISTAKES[mistake](Newcomer(Site(tmp_path)))

    assert TABLE[mistake] in " ".join(said.split()), said


def test_no_mistake_says_nothing(tmp_path: Path) -> None:
    somebody = Newcomer(Site(tmp_path))

    assert "System check identified no issues" in somebody.check()
    page = somebody.shows("{% share_assets %}{% share_buttons app %}")
    assert "share-buttons" in page
    assert "share_assets" not in page


STAFF_CALLS = """
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
call_command("migrate", run_syncdb=True, verbosity=0)
from store.models import Product
Product.objects.create(name="Chess")
staff = Client()
staff.force_login(User.objects.create_superuser("amal"))
print(staff.post("/api/shares", {"appId": 1, "platform": "x"}, "application/json").status_code)
for path in ("shares", "shares?from=nonsense", "shares/stats", "shares/export"):
    response = staff.get(f"/api/admin/{path}", headers={"accept": "text/html,*/*"})
    b"".join(response)
    print(response.status_code)
"""


def test_rest_framework_need_not_be_installed(tmp_path: Path) -> None:
    """``rest_framework`` and ``django_filters`` bring the words of errors in other languages."""
    somebody = Newcomer(Site(tmp_path))
    somebody.set_up(
        """
INSTALLED_APPS += ["django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware"]
"""
    )

    assert somebody.site.succeeds("-c", STAFF_CALLS).split() == ["202", "200", "400", "200", "200"]
