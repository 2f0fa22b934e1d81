"""One test for every id, named after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.http import HttpResponse
from django.urls import clear_script_prefix, include, path, set_script_prefix

from django_share_analytics import checks
from tests.test_checks import ids

if TYPE_CHECKING:
    from collections.abc import Iterator


class NeedsAnArgument:
    def __init__(self, realm: str) -> None:
        pass


def set_ours(settings: Any, **values: Any) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}


def test_checks__of_the_set_up_are_content_with_the_tests_settings() -> None:
    assert checks.check_cache_alias() == []
    assert checks.check_authentication_classes() == []
    assert checks.check_apps_with_names() == []
    assert checks.check_app_address() == []
    assert checks.check_urls() == []


@pytest.mark.parametrize(
    "check",
    [
        checks.check_cache_alias,
        checks.check_authentication_classes,
        checks.check_apps_with_names,
    ],
)
def test_checks__leave_what_can_not_be_read_to_e002(check: Any, settings: Any) -> None:
    settings.SHARE_ANALYTICS = {"CACHE_ALIAS": 7}
    assert check() == []


def test_e021__a_cache_that_is_none(settings: Any) -> None:
    set_ours(settings, CACHE_ALIAS="redis")
    (message,) = checks.check_cache_alias()
    assert message.id == "share_analytics.E021"
    assert "is 'redis', and CACHES has no such entry. It has: 'default'." in message.msg


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nowhere.Class", "No module named 'nowhere'"),
        ("rest_framework.authentication.TokenAuthenticaton", "does not define"),
        ("plain", "doesn't look like a module path"),
        ("tests.test_checks__setup.NeedsAnArgument", "TypeError"),
        ("rest_framework.permissions.IsAdminUser", "has no authenticate()"),
        ("tests.late.nothing", "can't be used"),
    ],
)
def test_e022__a_class_that_can_not_say_who_shares(path: str, problem: str, settings: Any) -> None:
    good = "rest_framework.authentication.BasicAuthentication"
    set_ours(settings, AUTHENTICATION_CLASSES=[good, path])
    (message,) = checks.check_authentication_classes()
    assert message.id == "share_analytics.E022"
    assert path in message.msg
    assert problem in message.msg


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("tests.public_apps.nothing", "nothing"),
        ("no_such_module.apps", "no_such_module"),
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
def test_e023__a_function_that_reads_no_names(path: str, problem: str, settings: Any) -> None:
    set_ours(settings, APPS_WITH_NAMES=path)
    (message,) = checks.check_apps_with_names()
    assert message.id == "share_analytics.E023"
    assert message.msg.startswith('SHARE_ANALYTICS["APPS_WITH_NAMES"]')
    assert problem in message.msg


def test_w038__views_of_no_placements(settings: Any) -> None:
    set_ours(settings, IMPRESSION_SAMPLE=20)
    (message,) = checks.check_impressions()
    assert message.id == "share_analytics.W038"
    assert 'SHARE_ANALYTICS["IMPRESSION_SAMPLE"] is 20' in message.msg
    set_ours(settings, IMPRESSION_SAMPLE=20, PLACEMENTS=["top"])
    assert checks.check_impressions() == []
    set_ours(settings)
    assert checks.check_impressions() == []


def test_w021__a_model_without_an_address(app_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(app_model, "get_absolute_url")
    (message,) = checks.check_app_address()
    assert message.id == "share_analytics.W021"
    assert app_model._meta.label in message.msg
    assert "get_absolute_url" in message.hint
    assert "url=" in message.hint


def test_w021__leaves_a_model_that_is_none_to_e001(settings: Any) -> None:
    settings.SHARE_ANALYTICS_APP_MODEL = "nothing.Here"
    assert checks.check_app_address() == []


def any_page(request: Any, anything: str) -> HttpResponse:
    return HttpResponse()


ours = path("api/", include("django_share_analytics.urls"))
urlpatterns = [path("<path:anything>", any_page), ours]


@pytest.mark.urls("tests.test_checks__setup")
def test_w022__a_pattern_that_takes_the_shares() -> None:
    messages = checks.check_urls()
    assert ids(messages) == ["share_analytics.W022"]
    assert "/api/shares leads to tests.test_checks__setup.any_page" in messages[0].msg


class InOrder:
    urlpatterns = [ours, path("<path:anything>", any_page)]


@pytest.fixture
def _below_a_prefix() -> Iterator[None]:
    set_script_prefix("/shop/")
    yield
    clear_script_prefix()


@pytest.mark.usefixtures("_below_a_prefix")
def test_w022__of_a_site_below_a_prefix(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.test_checks__setup"
    assert ids(checks.check_urls()) == ["share_analytics.W022"]
    settings.ROOT_URLCONF = InOrder
    assert checks.check_urls() == []


class NestedInWrongOrder:
    urlpatterns = [
        path("<path:anything>", any_page),
        path("v1/", include(([ours], "api"), namespace="v1")),
    ]


def test_w022__in_a_namespace_of_the_hosts(settings: Any) -> None:
    settings.ROOT_URLCONF = NestedInWrongOrder
    (message,) = checks.check_urls()
    assert "/v1/api/shares leads to" in message.msg


class RightOrder:
    urlpatterns = [ours, path("<path:anything>", any_page)]


class WithoutOurs:
    urlpatterns = [path("<path:anything>", any_page)]


@pytest.mark.parametrize("urls", [RightOrder, WithoutOurs, None, "no.such.module"])
def test_w022__nothing_to_say(urls: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls
    assert checks.check_urls() == []
