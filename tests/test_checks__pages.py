"""Share links lead where they should, or a check says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import include, path

from django_share_analytics import checks
from django_share_analytics.checks import pages
from django_share_analytics.events import new_id
from django_share_analytics.links.addresses import link_of
from django_share_analytics.platforms import BUILT_IN, Platform
from tests.test_checks import ids

LINKS = path("s/", include("django_share_analytics.link_urls"))


def set_urls(settings: Any, *patterns: Any) -> None:
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": list(patterns)})


def asked(check: Any) -> list[str]:
    return ids(check(databases=["default"]))


@pytest.mark.once
def test_e030__no_pages(app_model: Any, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.delattr(app_model, "get_absolute_url")
    assert ids(checks.check_pages()) == []
    set_urls(settings, LINKS)
    assert ids(checks.check_pages()) == ["share_analytics.E030"]
    settings.SHARE_ANALYTICS_APP_MODEL = "no.Such"
    assert ids(checks.check_pages()) == []


@pytest.mark.once
def test_e030__where_there_are_pages(settings: Any) -> None:
    set_urls(settings, LINKS)
    assert checks.check_pages() == checks.check_link_urls() == checks.check_pictures() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/there", []),
        ("/there#", []),
        ("/there#reviews", ["share_analytics.W033"]),
        ("https://shop.example/there", []),
        ("https://shop.example:8443/there?next=http://x", []),
        ("/there?next=https://other.example/", []),
        ("https://other.example/there", ["share_analytics.W034"]),
        ("https://other.example", ["share_analytics.W034"]),
    ],
)
def test_w033_and_w034(
    address: str, said: list[str], app: Any, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(type(app), "get_absolute_url", lambda self: address)
    settings.ALLOWED_HOSTS = ["shop.example"]
    assert asked(checks.check_page_addresses) == []  # links are off
    set_urls(settings, LINKS)
    assert asked(checks.check_page_addresses) == said
    assert ids(checks.check_page_addresses()) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert "share_analytics.W034" not in asked(checks.check_page_addresses)


@pytest.mark.django_db
def test_w033__of_a_host_that_fails(app: Any, settings: Any, monkeypatch: Any) -> None:
    set_urls(settings, LINKS)
    monkeypatch.setattr(type(app), "get_absolute_url", lambda self: 1 // 0)
    assert asked(checks.check_page_addresses) == []


@pytest.mark.django_db
def test_w033__without_apps(settings: Any) -> None:
    set_urls(settings, LINKS)
    assert asked(checks.check_page_addresses) == []


@pytest.mark.once
def test_w035__another_pattern_takes_the_links(settings: Any) -> None:
    set_urls(settings, path("<path:page>", lambda request, page: HttpResponse()), LINKS)
    (message,) = checks.check_link_urls()
    assert message.id == "share_analytics.W035"
    assert "not to share analytics: no share link works." in message.msg


@pytest.mark.once
def test_w036__no_segno(settings: Any, monkeypatch: Any) -> None:
    set_urls(settings, LINKS)
    monkeypatch.setattr(pages, "can_draw_codes", lambda: False)
    assert checks.check_pictures() == []  # which are nobody's wish here
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLATFORMS": ["copy", "qr"]}
    assert ids(checks.check_pictures()) == ["share_analytics.W036"]
    for unasked in (["copy"], [*BUILT_IN, Platform("orkut", "Orkut")]):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLATFORMS": unasked}
        assert checks.check_pictures() == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "named"),
    [
        ("<str:key>/", "'key'"),
        ("<slug:code>/", "'code'"),
        ("<int:code>/<str:key>/", "'code' and 'key'"),
    ],
)
def test_w037__the_host_captures_what_links_capture(before: str, named: str, settings: Any) -> None:
    set_urls(settings, path(before, include([LINKS])))
    (message,) = checks.check_link_groups()
    assert message.id == "share_analytics.W037"
    assert f"capture {named} before" in message.msg
    assert not link_of(new_id(), 5)


@pytest.mark.once
@pytest.mark.parametrize(
    "patterns",
    [
        [],
        [LINKS],
        [path("<slug:shop_key>/", include([LINKS]))],
        [path("<str:key>/", include([LINKS])), LINKS],
    ],
    ids=str,
)
def test_w037__where_nothing_is_wrong(patterns: list[Any], settings: Any) -> None:
    set_urls(settings, *patterns)
    assert checks.check_link_groups() == []


@pytest.mark.once
def test_w037__of_urls_that_fail(settings: Any) -> None:
    settings.ROOT_URLCONF = "no.such.urls"
    assert checks.check_link_groups() == []
