"""The column of visits per share in the host's list: only where shares have links."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from django_share_analytics.admin import ShareStatisticsAdmin, ShareStatsAdminMixin
from django_share_analytics.events import utc_now
from django_share_analytics.models import ShareStatistics
from django_share_analytics.writing.writer import write_shares
from tests.factories import event, link_event
from tests.urls import urlpatterns as without_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [*without_links, path("s/", include("django_share_analytics.link_urls"))]

NO_LINKS = pytest.mark.urls("tests.urls")
COLUMN = "share_analytics_visits_column"


def record(app: Any, a_day: int, every: int = 0) -> None:
    """So many shares on each of twenty days that are over, and a visit of every so many."""
    today = utc_now()
    days = range(10, 30)
    shares = [event(app, at=today - timedelta(days=day)) for day in days for _ in range(a_day)]
    seen = [link_event(share, "visit", share.timestamp) for share in shares[:: every or 10_000]]
    write_shares([*shares, *seen])


def columns_of(client: Client, address: str) -> dict[str, str]:
    """What the column says of each app, by its name."""
    changelist = client.get(address).context["cl"]
    shown = changelist.model_admin.share_analytics_visits_column
    return {app.name: shown(app) for app in changelist.result_list}


def test_column__says_what_is_known(
    admin_client: Client, host_page: Callable[..., str], make_app: Callable[..., Any]
) -> None:
    record(make_app("Chess"), 20, every=2)
    record(make_app("Rare"), 20)
    record(make_app("Few"), 1, every=1)
    make_app("Never")
    columns = columns_of(admin_client, host_page("changelist"))
    assert columns["Chess"] == "0.50"
    assert columns["Rare"].startswith("at most 0.0")
    assert (columns["Few"], columns["Never"]) == ("", "")
    listed = admin_client.get(host_page("changelist")).content.decode()
    assert "Visits per share" in listed
    assert '<td class="field-share_analytics_visits_column">0.50</td>' in listed
    assert '<td class="field-share_analytics_visits_column">\N{EN DASH}</td>' in listed


def test_column__costs_no_query_per_row(
    admin_client: Client, host_page: Callable[..., str], make_app: Callable[..., Any]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(host_page("changelist"))
        return len(captured)

    record(make_app("0"), 1)
    queries()
    before = queries()
    for n in range(1, 6):
        record(make_app(str(n)), 1, every=1)
    assert queries() == before


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (("pk",), ("pk", "share_analytics_column", COLUMN)),
        ((COLUMN, "pk"), (COLUMN, "pk", "share_analytics_column")),
    ],
)
def test_column__where_the_host_wants_it(
    display: tuple[str, ...], expected: tuple[str, ...], rf: Any, app_model: Any, admin_user: Any
) -> None:
    assert shown_of(display, rf, app_model, admin_user) == expected


@NO_LINKS
def test_column__not_without_links(rf: Any, app_model: Any, admin_user: Any) -> None:
    shown = shown_of((COLUMN, "pk"), rf, app_model, admin_user)
    assert shown == ("pk", "share_analytics_column")


def test_column__not_for_those_who_may_not_see_it(
    rf: Any, app_model: Any, django_user_model: Any
) -> None:
    nobody = django_user_model.objects.create(username="nobody", is_staff=True)
    assert shown_of((COLUMN, "pk"), rf, app_model, nobody) == ("pk",)


def shown_of(display: tuple[str, ...], rf: Any, app_model: Any, user: Any) -> Any:
    site = admin.AdminSite()
    site.register(ShareStatistics, ShareStatisticsAdmin)
    site.register(
        app_model, type("Host", (ShareStatsAdminMixin, admin.ModelAdmin), {"list_display": display})
    )
    request = rf.get("/")
    request.user = user
    return site.get_model_admin(app_model).get_list_display(request)
