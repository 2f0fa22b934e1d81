"""The page of one app, and the ways to it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from django_share_analytics.admin import ShareStatisticsAdmin, ShareStatsAdminMixin
from django_share_analytics.models import Share, ShareStatistics
from django_share_analytics.stats import share_stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "admin:share_analytics_sharestatistics_changelist"
LIST = "admin:share_analytics_share_changelist"
VIEW_SHARES = "share_analytics.view_share"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"


@pytest.fixture
def view_apps(app_model: Any) -> str:
    """The permission to see the host's apps."""
    return f"{app_model._meta.app_label}.view_{app_model._meta.model_name}"


def links(response: Any) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', response.content.decode())]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_page__of_an_app(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    chess, other = make_app("Chess"), make_app("Other")
    record(chess, 7, days_ago=2)
    record(chess, 3, days_ago=9, platform="telegram")
    record(other, 50, days_ago=2)
    response = admin_client.get(reverse(PAGE), {"app": str(chess.pk), "days": 7})
    report, stats = response.context["report"], share_stats(days=7, app=chess)
    assert response.context["subtitle"] == "Chess"
    assert [point.shares for point in report.trend.points] == [str(d.count) for d in stats.daily]
    assert [card.shares for card in report.cards] == ["0", "7", "10", "10"]
    assert [row.shares for row in report.platforms] == ["7"]
    assert "Changes compare complete days" in text(response)
    assert (report.apps, report.rising, report.week) == ([], [], None)


def test_page__of_an_app_says_nothing_of_today_against_yesterday(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 5, days_ago=1)
    record(app)
    report = admin_client.get(reverse(PAGE), {"app": str(app.pk)}).context["report"]
    assert [card.change is None for card in report.cards] == [True, False, False, False]


def test_recent_shares__for_those_who_may_see_them(
    as_staff: Callable[..., Client],
    admin_client: Client,
    record: Callable[..., Any],
    make_app: Callable[..., Any],
) -> None:
    chess, other = make_app("Chess"), make_app("Other")
    for n in range(12):
        record(chess, days_ago=n % 3 + 1, referrer_url=f"https://example.org/{n}")
    record(other, referrer_url="https://example.org/other")
    query = {"app": str(chess.pk), "days": "7"}
    response = admin_client.get(reverse(PAGE), query)
    recent = response.context["recent"]
    assert len(recent) == 10
    newest = Share.objects.for_app(chess).in_time().first()
    assert recent[0].url == reverse("admin:share_analytics_share_change", args=[newest.pk])
    assert recent[0].url in links(response)
    assert "https://example.org/0" in response.content.decode()
    assert "https://example.org/other" not in response.content.decode()
    hidden = as_staff(VIEW_STATISTICS).get(reverse(PAGE), query)
    assert hidden.context["recent"] == []
    assert "https://example.org/" not in hidden.content.decode()


def test_page__leads_to_the_shares_that_it_counts(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    chess, other = make_app("Chess"), make_app("Other")
    record(chess, 3, days_ago=2)
    record(chess, 2, days_ago=2, platform="telegram")
    record(chess, 4, days_ago=9)
    record(other, 5, days_ago=2)
    query = {"app": str(chess.pk), "days": "7", "platform": "telegram"}
    response = admin_client.get(reverse(PAGE), query)
    (address,) = {link for link in links(response) if link.startswith(f"{reverse(LIST)}?")}
    assert admin_client.get(address).context["cl"].result_count == 2


def test_rows__lead_to_the_app_and_the_platform(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    chess, other = make_app("Chess"), make_app("Other")
    record(chess, 3, days_ago=2)
    record(other, 2, days_ago=2, platform="telegram")
    report = admin_client.get(reverse(PAGE), {"days": 7}).context["report"]
    app = admin_client.get(reverse(PAGE) + report.apps[0].url)
    assert (app.context["question"].app, app.context["question"].days) == (chess.pk, 7)
    platform = admin_client.get(reverse(PAGE) + report.platforms[1].url)
    assert platform.context["question"].platform == "telegram"
    assert [row.name for row in platform.context["report"].apps] == ["Other"]


def test_page__of_an_app_links_its_own_admin_page(
    as_staff: Callable[..., Client],
    admin_client: Client,
    host_page: Callable[..., str],
    record: Callable[..., Any],
    app: Any,
) -> None:
    record(app)
    address = host_page("change", quote(app.pk))
    query = {"app": str(app.pk)}
    assert address in links(admin_client.get(reverse(PAGE), query))
    assert address not in links(as_staff(VIEW_STATISTICS).get(reverse(PAGE), query))


@pytest.mark.parametrize("may", [True, False])
def test_mixin__by_permission(
    as_staff: Callable[..., Client],
    view_apps: str,
    host_page: Callable[..., str],
    record: Callable[..., Any],
    app: Any,
    may: bool,
) -> None:
    record(app, 1_234)
    browser = as_staff(view_apps, *([VIEW_STATISTICS] if may else []))
    listed = browser.get(host_page("changelist"))
    change = browser.get(host_page("change", quote(app.pk)))
    assert (listed.status_code, change.status_code) == (200, 200)
    assert ("1,234" in listed.content.decode()) is may
    for response in (listed, change):
        found = [link for link in links(response) if link.startswith(f"{reverse(PAGE)}?")]
        assert bool(found) is may
        for link in found:
            assert browser.get(link).context["question"].app == app.pk


def test_mixin__counts_without_a_query_per_row(
    admin_client: Client,
    host_page: Callable[..., str],
    record: Callable[..., Any],
    make_app: Callable[..., Any],
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(host_page("changelist"))
        return len(captured)

    record(make_app())
    queries()
    before = queries()
    for n in range(5):
        record(make_app(), n)
    assert queries() == before


def test_mixin__sorts_by_shares(
    admin_client: Client,
    host_page: Callable[..., str],
    record: Callable[..., Any],
    make_app: Callable[..., Any],
) -> None:
    apps = [make_app(f"Number {n}") for n in range(3)]
    for app, n in zip(apps, (2, 0, 5), strict=True):
        record(app, n)
    for order, expected in (("-2", [2, 0, 1]), ("2", [1, 0, 2])):
        shown = admin_client.get(host_page("changelist"), {"o": order}).context["cl"].result_list
        assert list(shown) == [apps[n] for n in expected]


def test_mixin__leaves_the_add_page_alone(
    admin_client: Client, host_page: Callable[..., str]
) -> None:
    response = admin_client.get(host_page("add"))
    assert response.status_code == 200
    assert "share-stats-link" not in response.content.decode()


def test_mixin__extends_a_template_of_the_hosts_own(
    rf: Any, admin_user: Any, app: Any, app_model: Any, record: Callable[..., Any]
) -> None:
    class OwnTemplate(ShareStatsAdminMixin, admin.ModelAdmin):
        change_form_template = "admin/auth/user/add_form.html"

    site = admin.AdminSite("own")
    site.register(app_model, OwnTemplate)
    site.register(ShareStatistics, ShareStatisticsAdmin)
    request = rf.get("/")
    request.user = admin_user
    response = site.get_model_admin(app_model).change_view(request, quote(str(app.pk)))
    assert response.context_data["share_stats_parent"].template.name == (
        OwnTemplate.change_form_template
    )


def test_mixin__on_a_site_without_the_statistics(
    rf: Any, admin_user: Any, app: Any, app_model: Any
) -> None:
    class Plain(ShareStatsAdminMixin, admin.ModelAdmin):
        list_display = ("pk",)

    site = admin.AdminSite("own")
    site.register(app_model, Plain)
    request = rf.get("/")
    request.user = admin_user
    shown = site.get_model_admin(app_model)
    assert shown.get_list_display(request) == ("pk",)
    assert "share_stats_url" not in shown.change_view(request, quote(str(app.pk))).context_data


@pytest.mark.parametrize("may", [True, False])
def test_mixin__when_the_host_places_the_column(
    rf: Any, make_staff: Callable[..., Any], app_model: Any, may: bool
) -> None:
    class Placed(ShareStatsAdminMixin, admin.ModelAdmin):
        list_display = ("share_analytics_column", "pk")

    site = admin.AdminSite()
    site.register(app_model, Placed)
    site.register(ShareStatistics, ShareStatisticsAdmin)
    request = rf.get("/")
    request.user = make_staff(*([VIEW_STATISTICS] if may else []))
    expected = ("share_analytics_column", "pk") if may else ("pk",)
    assert site.get_model_admin(app_model).get_list_display(request) == expected


def test_mixin__column_on_a_site_without_the_statistics(
    app: Any, app_model: Any, settings: Any
) -> None:
    class Plain(ShareStatsAdminMixin, admin.ModelAdmin):
        readonly_fields = ("share_analytics_column",)

    site = admin.AdminSite("own")
    site.register(app_model, Plain)
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("own/", site.urls)]})
    app.share_analytics_total = 1_234
    assert site.get_model_admin(app_model).share_analytics_column(app) == "1,234"


def test_recent_shares__as_a_file_for_those_who_may_have_it(
    as_staff: Callable[..., Client],
    admin_client: Client,
    record: Callable[..., Any],
    make_app: Callable[..., Any],
) -> None:
    chess, other = make_app("Chess"), make_app("Other")
    record(chess, 3, days_ago=2)
    record(chess, 2, days_ago=2, platform="telegram")
    record(chess, 4, days_ago=9)
    record(other, 5, days_ago=2)
    query = {"app": str(chess.pk), "days": "7", "platform": "telegram"}
    export = reverse("admin:share_analytics_share_export")
    found = [link for link in links(admin_client.get(reverse(PAGE), query)) if export in link]
    (address,) = found
    file = b"".join(admin_client.get(address).streaming_content).decode()
    assert len(file.splitlines()) == 3
    page = as_staff(VIEW_STATISTICS, VIEW_SHARES).get(reverse(PAGE), query)
    assert export not in page.content.decode()
