"""Whoever has links says whose word on a client's address counts; until then it is said aloud."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import include, path

from django_share_analytics import checks


class WithLinks:
    urlpatterns = [path("<slug:shop>/s/", include("django_share_analytics.link_urls"))]


class Without:
    urlpatterns = []


SAID = "Visitors: unknown, TRUSTED_PROXIES is not set"

TABLE = [
    (WithLinks, {}, True),
    (WithLinks, {"TRUSTED_PROXIES": None}, True),
    (WithLinks, {"TRUSTED_PROXIES": 0}, False),
    (WithLinks, {"TRUSTED_PROXIES": 2}, False),
    (WithLinks, {"VISITORS": False}, False),
    (Without, {}, False),
]


@pytest.fixture(params=TABLE)
def is_unsaid(request, settings):
    urls, values, is_unsaid = request.param
    settings.ROOT_URLCONF = urls
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}
    return is_unsaid


@pytest.mark.once
def test_w030__links_without_a_word_on_proxies(is_unsaid):
    messages = checks.check_trusted_proxies()
    assert [message.id for message in messages] == ["share_analytics.W030"] * is_unsaid
    assert all('"TRUSTED_PROXIES": 0' in message.hint for message in messages)


@pytest.mark.once
@pytest.mark.parametrize("urls", ["no.such.module", None])
def test_w030__leaves_urls_that_can_not_be_read_to_django(urls, settings):
    settings.ROOT_URLCONF = urls
    assert checks.check_trusted_proxies() == []


@pytest.mark.once
def test_w030__leaves_settings_that_can_not_be_read_to_e002(settings):
    settings.ROOT_URLCONF, settings.SHARE_ANALYTICS = WithLinks, {"VISITORS": "many"}
    assert checks.check_trusted_proxies() == []


@pytest.mark.django_db
def test_status__says_the_same(is_unsaid, capsys):
    call_command("share_analytics_status", no_color=True)
    assert (SAID in capsys.readouterr().out) is is_unsaid
