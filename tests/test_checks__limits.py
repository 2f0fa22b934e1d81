"""What is wrong with limits and gates is said, and nothing twice."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from django_share_analytics import checks
from django_share_analytics.checks import settings as module
from django_share_analytics.gates.limits import GATE_PATH
from tests.test_checks__visitors import WithLinks, Without

pytestmark = pytest.mark.once

CACHES = "django.core.cache.backends"


@pytest.fixture
def configure(settings):
    def change(**values):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}

    return change


@pytest.fixture
def production(settings, monkeypatch):
    settings.ROOT_URLCONF = Without
    monkeypatch.setattr(module, "_tests_are_running", lambda: False)


@pytest.mark.parametrize(
    ("gate", "said"), [("nowhere.gate", "can't be used"), ("tests.settings.TIME_ZONE", "be called")]
)
def test_e032__when_a_gate_can_not_be_called(gate, said, configure):
    assert checks.check_gates() == []
    configure(GATES=[GATE_PATH, gate])
    (message,) = checks.check_gates()
    assert message.id == "share_analytics.E032"
    assert f"{gate!r}" in message.msg
    assert said in message.msg


def test_e032__stays_silent_when_e002_has_spoken(configure):
    configure(GATES="one")
    assert checks.check_gates() == []
    assert checks.check_limits_cache() == []


@pytest.mark.parametrize(
    ("alias", "said"),
    [("", ""), ("default", ""), ("nowhere", "no such entry"), ("table", "in the database")],
)
def test_e033__when_the_cache_is_none_for_it(alias, said, configure, settings):
    table = {"BACKEND": f"{CACHES}.db.DatabaseCache", "LOCATION": "cache"}
    settings.CACHES = {**settings.CACHES, "table": table}
    configure(LIMITS_CACHE=alias)
    messages = checks.check_limits_cache()
    assert [message.id for message in messages] == ["share_analytics.E033"] * bool(said)
    assert all(said in message.msg for message in messages)


@pytest.mark.parametrize(
    ("values", "is_said"),
    [
        ({}, True),
        ({"TRUSTED_PROXIES": 0}, False),
        ({"TRUSTED_PROXIES": 2}, False),
        ({"LIMITS": {}}, False),
        ({"LIMITS": {"client": []}}, False),
        ({"GATES": []}, False),
    ],
)
def test_w031__limits_without_a_word_on_proxies(values, is_said, configure, production):
    configure(**values)
    messages = checks.check_trusted_proxies()
    assert [message.id for message in messages] == ["share_analytics.W031"] * is_said
    assert all('"TRUSTED_PROXIES": 0' in message.hint for message in messages)


def test_w031__not_while_one_develops(production, settings):
    settings.DEBUG = True
    assert checks.check_trusted_proxies() == []


@pytest.mark.parametrize("limits", [{}, {"client": ["1/minute"]}])
def test_w030__says_it_too_where_shares_have_links(limits, configure, production, settings):
    settings.ROOT_URLCONF = WithLinks
    configure(LIMITS=limits)
    (message,) = checks.check_trusted_proxies()
    assert message.id == "share_analytics.W030"
    assert ("limit to what one client does" in message.msg) is bool(limits)


def test_check__runs_them(configure):
    configure(GATES=["nowhere.gate"], LIMITS_CACHE="nowhere")
    with pytest.raises(SystemCheckError) as caught:
        call_command("check")
    assert "share_analytics.E032" in str(caught.value)
    assert "share_analytics.E033" in str(caught.value)
