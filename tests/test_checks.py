"""One test for every id, named after it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import WARNING
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from django_share_analytics import checks
from django_share_analytics.testing import IMMEDIATE, MemoryDispatcher, use_dispatchers

ROOT = Path(__file__).parent.parent
CHECKS_PAGE = ROOT / "docs" / "reference" / "checks.md"


def ids(messages):
    return [message.id for message in messages]


def test_checks__are_content_with_the_tests_settings():
    call_command("check")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (None, "is not set"),
        ("", "is not set"),
        ("nothing", "is 'nothing', and must be \"app_label.ModelName\""),
        ("auth.models.User", "is 'auth.models.User', and must be \"app_label.ModelName\""),
        (5, 'is 5, and must be "app_label.ModelName"'),
        ("nothing.Here", "is 'nothing.Here', and there is no such model"),
        ("auth.Nobody", "is 'auth.Nobody', and there is no such model"),
        ("share_analytics.Share", "is 'share_analytics.Share', which is none of your models"),
    ],
)
def test_e001__when_the_app_model_is_missing_or_wrong(label, said, settings):
    settings.SHARE_ANALYTICS_APP_MODEL = label
    (message,) = checks.check_app_model()
    assert message.id == "share_analytics.E001"
    assert message.msg.startswith(f"SHARE_ANALYTICS_APP_MODEL {said}")
    assert "SHARE_ANALYTICS_APP_MODEL =" in message.hint


@pytest.mark.parametrize(
    ("name", "value"), [("proxy", True), ("managed", False), ("swapped", "auth.Nobody")]
)
def test_e001__when_the_app_model_has_no_table(name, value, app_model, monkeypatch):
    monkeypatch.setattr(app_model._meta, name, value)
    (message,) = checks.check_app_model()
    assert message.id == "share_analytics.E001"
    assert message.msg.endswith("which has no table of its own.")


def test_e001__is_what_a_project_without_the_setting_sees():
    """In a process of its own: without the setting not even the models are complete."""
    code = (
        "from django.conf import settings;"
        "settings.configure(SECRET_KEY='x', USE_TZ=True, INSTALLED_APPS=["
        "'django.contrib.contenttypes', 'django.contrib.auth', 'django_share_analytics']);"
        "import django; django.setup();"
        "from django.core.management import call_command; call_command('check')"
    )
    environment = {name: value for name, value in os.environ.items() if "DJANGO" not in name}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert result.returncode != 0
    assert "share_analytics.E001" in result.stderr
    assert "SHARE_ANALYTICS_APP_MODEL is not set" in result.stderr


def test_e002__when_a_setting_is_unknown(settings):
    settings.SHARE_ANALYTICS = {"PLATFROMS": ["copy"]}
    messages = checks.check_settings()
    assert ids(messages) == ["share_analytics.E002"]
    assert "'PLATFROMS'" in messages[0].msg
    assert "SHARE_ANALYTICS" in messages[0].hint


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"BACKEND": "nowhere.Dispatcher"}, "could not import 'nowhere.Dispatcher'"),
        ({"BACKEND": "datetime.date"}, "is not a subclass of BaseDispatcher"),
        (
            {
                "BACKEND": "django_share_analytics.testing.MemoryDispatcher",
                "OPTIONS": {"size": 1},
            },
            "unknown key 'size'",
        ),
    ],
)
def test_e003__when_a_dispatcher_can_not_be_made(entry, message, settings):
    settings.SHARE_ANALYTICS = {"DISPATCHERS": {"default": entry}}
    messages = checks.check_dispatchers()
    assert ids(messages) == ["share_analytics.E003"]
    assert message in messages[0].msg
    assert '["default"]' in messages[0].hint


def test_e003__stays_silent_when_e002_has_spoken(settings):
    settings.SHARE_ANALYTICS = {"DISPATCHERS": []}
    assert checks.check_dispatchers() == []


@pytest.mark.django_db
def test_e004__when_the_model_changed_after_the_first_migrate(settings):
    assert checks.check_app_model_is_unchanged(databases=["default"]) == []
    settings.SHARE_ANALYTICS_APP_MODEL = "auth.User"
    messages = checks.check_app_model_is_unchanged(databases=["default"])
    assert ids(messages) == ["share_analytics.E004"]
    assert "'auth_user'" in messages[0].msg
    assert "set SHARE_ANALYTICS_APP_MODEL back" in messages[0].hint


@pytest.mark.django_db
def test_e004__is_asked_only_of_a_database(settings):
    settings.SHARE_ANALYTICS_APP_MODEL = "auth.User"
    assert checks.check_app_model_is_unchanged(databases=None) == []
    with pytest.raises(SystemCheckError, match=r"share_analytics\.E004"):
        call_command("check", databases=["default"])


def test_e005__when_times_are_not_stored_in_utc(settings):
    settings.USE_TZ = False
    messages = checks.check_settings()
    assert ids(messages) == ["share_analytics.E005"]
    assert "USE_TZ = True" in messages[0].hint


BUFFERED = {
    "default": {"BACKEND": "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"}
}


@pytest.fixture
def production(settings, monkeypatch):
    """Neither ``DEBUG`` nor a trace of Django's set-up for tests."""
    settings.DEBUG = False
    monkeypatch.delattr("django.core.mail.outbox")


@pytest.mark.usefixtures("production")
def test_w001__when_production_can_lose_shares():
    with use_dispatchers(BUFFERED):
        messages = checks.check_durability()
    assert ids(messages) == ["share_analytics.W001"]
    assert messages[0].level == WARNING
    assert "BufferedDispatcher" in messages[0].msg
    assert '"journal"' in messages[0].hint


@pytest.mark.usefixtures("production")
def test_w001__is_heard_by_whoever_runs_check(capsys):
    with use_dispatchers(BUFFERED):
        call_command("check")
    assert "share_analytics.W001" in capsys.readouterr().err


def test_w001__stays_silent_while_developing_and_in_tests(settings, production, monkeypatch):
    with use_dispatchers(BUFFERED):
        settings.DEBUG = True
        assert checks.check_durability() == []
        settings.DEBUG = False
        monkeypatch.setattr("django.core.mail.outbox", [], raising=False)
        assert checks.check_durability() == []


@pytest.mark.usefixtures("production")
def test_w001__when_production_keeps_its_mail_in_memory(settings, monkeypatch):
    """Then there is an outbox, as in tests."""
    settings.ALLOWED_HOSTS = ["www.example.org"]
    monkeypatch.setattr("django.core.mail.outbox", [], raising=False)
    with use_dispatchers(BUFFERED):
        assert ids(checks.check_durability()) == ["share_analytics.W001"]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "entry",
    [
        {"BACKEND": "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher"},
        {"BACKEND": "tests.test_checks.DurableByOption", "OPTIONS": {}},
        {"BACKEND": "nowhere.Dispatcher"},
    ],
)
def test_w001__stays_silent_for_what_is_durable_or_can_not_be_made(entry):
    with use_dispatchers({"default": entry}):
        assert checks.check_durability() == []


@pytest.mark.usefixtures("production")
def test_w001__says_only_what_it_knows_of_a_dispatcher():
    with use_dispatchers({"default": {"BACKEND": "tests.test_checks.Complaining"}}):
        (message,) = checks.check_durability()
    assert message.msg.startswith("Complaining is not durable: ")
    assert "memory" not in message.msg


@pytest.mark.usefixtures("production")
def test_w003__when_the_fallback_can_lose_shares():
    with use_dispatchers({**IMMEDIATE, "fallback": BUFFERED["default"]}):
        (message,) = checks.check_durability()
    assert message.id == "share_analytics.W003"
    assert message.level == WARNING
    assert "fallback" in message.msg
    assert '"journal"' in message.hint


@pytest.mark.usefixtures("production")
def test_w003__beside_w001():
    with use_dispatchers({**BUFFERED, "fallback": BUFFERED["default"]}):
        messages = checks.check_durability()
    assert ids(messages) == ["share_analytics.W001", "share_analytics.W003"]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("fallback", [IMMEDIATE["default"], {"BACKEND": "nowhere.Dispatcher"}])
def test_w003__stays_silent_for_what_is_durable_or_can_not_be_made(fallback):
    with use_dispatchers({**IMMEDIATE, "fallback": fallback}):
        assert checks.check_durability() == []


@pytest.mark.usefixtures("production")
def test_w001__stays_silent_when_e002_has_spoken(settings):
    settings.SHARE_ANALYTICS = {"DISPATCHERS": []}
    assert checks.check_durability() == []


LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
FILES = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/tmp/c"}
DUMMY = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}


@pytest.mark.parametrize(
    ("caches", "ours", "is_said"),
    [
        ({"default": LOCMEM}, {}, True),
        ({"default": {"BACKEND": "tests.test_checks.OwnMemory"}}, {}, True),
        ({"default": FILES, "counts": LOCMEM}, {"CACHE_ALIAS": "counts"}, True),
        ({"default": LOCMEM}, {"SHARE_COUNT_CACHE_SECONDS": 0}, False),
        ({"default": LOCMEM, "counts": FILES}, {"CACHE_ALIAS": "counts"}, False),
        ({"default": FILES}, {}, False),
        ({"default": DUMMY}, {}, False),
        ({"default": LOCMEM}, {"CACHE_ALIAS": "nowhere"}, False),
        ({"default": {"BACKEND": "no.such.Cache"}}, {}, False),
        ({"default": LOCMEM}, {"CACHE_ALIAS": 7}, False),
    ],
)
def test_w004__each_process_keeps_counts_for_itself(caches, ours, is_said, settings):
    settings.CACHES = caches
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **ours}
    messages = checks.check_cache_is_shared()
    assert ids(messages) == ["share_analytics.W004"] * is_said
    assert all("SHARE_COUNT_CACHE_SECONDS" in message.hint for message in messages)


def test_w004__is_said_of_deployments_alone(capsys):
    call_command("check")
    assert "W004" not in capsys.readouterr().err
    call_command("check", deploy=True)
    assert "share_analytics.W004" in capsys.readouterr().err


class OwnMemory(LocMemCache):
    pass


def test_every_id__is_in_the_documentation():
    package = Path(checks.__file__).parent.parent
    source = "".join(path.read_text() for path in package.rglob("*.py"))
    documented = re.findall(
        r"^## share_analytics\.([EW]\d{3})$", CHECKS_PAGE.read_text(), re.MULTILINE
    )
    assert sorted(documented) == sorted(set(re.findall(r"share_analytics\.([EW]\d{3})", source)))


def test_own_checks_of_a_dispatcher__are_asked():
    with use_dispatchers({"default": {"BACKEND": "tests.test_checks.Complaining"}}):
        assert checks.check_dispatchers() == ["a message"]


def test_e003__when_a_dispatcher_can_not_look_after_itself():
    with use_dispatchers({"default": {"BACKEND": "tests.test_checks.Stumbling"}}):
        (message,) = checks.check_dispatchers()
    assert message.id == "share_analytics.E003"
    assert "raises ConnectionError: away" in message.msg


class Stumbling(MemoryDispatcher):
    def check(self):
        raise ConnectionError("away")


class DurableByOption(MemoryDispatcher):
    """As with a journal: what the class says is not what the instance does."""

    def __init__(self, config):
        super().__init__(config)
        self.is_durable = True


class Complaining(MemoryDispatcher):
    def check(self):
        return ["a message"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("tests.public_apps.nothing", "nothing"),
        ("no_such_module.apps", "no_such_module"),
        ("plain", "plain"),
        ("tests.public_apps.not_a_function", "not a function"),
        ("tests.public_apps.of_users", "must return a queryset of"),
        ("tests.public_apps.a_list", "not list"),
        ("tests.public_apps.a_slice", "not one with a slice"),
        ("tests.public_apps.a_union", "not one with union()"),
        ("tests.public_apps.values", "not one with values()"),
        ("tests.public_apps.pairs", "not one with values()"),
        ("tests.public_apps.raising", "raises ZeroDivisionError: oops"),
    ],
)
def test_e007__public_apps(path, problem, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PUBLIC_APPS": path}
    (message,) = checks.check_public_apps()
    assert message.id == "share_analytics.E007"
    assert message.msg.startswith('SHARE_ANALYTICS["PUBLIC_APPS"]')
    assert problem in message.msg


@pytest.mark.parametrize("value", ["", "tests.public_apps.named_public"])
def test_e007__nothing_to_say(value, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PUBLIC_APPS": value}
    assert checks.check_public_apps() == []


def test_e007__leaves_what_can_not_be_read_to_e002(settings):
    settings.SHARE_ANALYTICS = {"PUBLIC_APPS": 7}
    assert checks.check_public_apps() == []
