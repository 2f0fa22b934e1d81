"""What became of an app's shares, on its page; and of one share, on its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import include, path, reverse
from django.utils import timezone

from django_share_analytics import outcomes
from django_share_analytics.conf import reporting_zone
from django_share_analytics.models import (
    AppPlatformCount,
    AppStepDay,
    LinkStep,
    OutcomeHour,
    Share,
)
from django_share_analytics.periods import hour_start, local_day
from tests.urls import urlpatterns as without_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [*without_links, path("s/", include("django_share_analytics.link_urls"))]

NO_LINKS = pytest.mark.urls("tests.urls")
PAGE = "admin:share_analytics_sharestatistics_changelist"
SHARE = "admin:share_analytics_share_change"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.fixture
def shared(app: Any, record: Callable[..., Any]) -> Any:
    record(app, 8)
    record(app, 2, platform="telegram")
    today = local_day(timezone.now(), reporting_zone())
    for platform, steps in (
        ("whatsapp", {"preview": 3, "click": 20, "visit": 1, "reached": 1}),
        ("telegram", {"visit": 1_200, "reached": 2, "reshare": 5, "forwarded": 1}),
    ):
        pair = AppPlatformCount.objects.get(app=app, platform=platform)
        AppStepDay.objects.create(app_platform=pair, day=today, within=1, **steps)
    return app


def reach_of(client: Client, **query: str) -> list[tuple[str, str]]:
    report = client.get(reverse(PAGE), query).context["report"]
    return [(row.label, row.times) for row in report.reach]


def test_page__of_an_app(admin_client: Client, shared: Any) -> None:
    page = admin_client.get(reverse(PAGE), {"app": str(shared.pk)})
    assert [(row.label, row.times) for row in page.context["report"].reach] == [
        ("Shares", "10"),
        ("Previews", "3"),
        ("Clicks", "20"),
        ("Visits", "1,201"),
        ("Re-shares", "5"),
    ]
    said = text(page)
    assert "3 shares brought somebody (30.0%)." in said
    assert "1 share was shared on (10.0%)." in said
    assert "Left out is what sharers do on their own links." in said


def test_page__of_an_app_on_a_platform(admin_client: Client, shared: Any) -> None:
    reach = reach_of(admin_client, app=str(shared.pk), platform="whatsapp")
    assert reach[0] == ("Shares", "8")
    assert reach[3] == ("Visits", "1")


def test_page__conversions_where_there_are_goals(
    admin_client: Client, shared: Any, settings: Any
) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "GOALS": {"signup": True}}
    assert reach_of(admin_client, app=str(shared.pk))[-1] == ("Conversions", "0")


def test_page__says_how_much_is_left_out(admin_client: Client, shared: Any) -> None:
    hour = hour_start(timezone.now(), reporting_zone())
    OutcomeHour.objects.create(hour=hour, reason=outcomes.OWN, n=7)
    said = text(admin_client.get(reverse(PAGE), {"app": str(shared.pk)}))
    assert "on their own links: 7 in the last 24 hours, on the whole site." in said
    assert "Steps of sharers on their own links 7" in said


def test_page__where_visitors_are_not_told_apart(
    admin_client: Client, shared: Any, settings: Any
) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "VISITORS": False}
    said = text(admin_client.get(reverse(PAGE), {"app": str(shared.pk)}))
    assert "clicks and visits are requests" in said
    assert "visitor-days" not in said


def test_page__of_the_site_and_without_links_as_before(
    admin_client: Client, shared: Any, settings: Any
) -> None:
    whole = text(admin_client.get(reverse(PAGE)))
    settings.ROOT_URLCONF = "tests.urls"
    off = text(admin_client.get(reverse(PAGE), {"app": str(shared.pk)}))
    for said in (whole, off):
        assert "What became of it" not in said


@pytest.fixture
def share(shared: Any) -> Share:
    """One with steps of all kinds; another's are not its own."""
    first, second = Share.objects.all()[:2]
    kinds = ["click", "preview", "visit", "visit", "reached", "conversion", "reshare", "forwarded"]
    now = timezone.now()
    for of, kind in [*((first, kind) for kind in kinds), (second, "click")]:
        LinkStep.objects.create(id=Share._meta.pk.get_default(), share=of, kind=kind, timestamp=now)
    return first


def test_share__says_what_became_of_it(admin_client: Client, share: Share) -> None:
    said = text(admin_client.get(reverse(SHARE, args=[share.pk])))
    assert "1 preview, 1 click, 2 visits, 1 re-share, 1 conversion" in said
    assert "/s/" in said


def test_share__with_more_steps_than_are_looked_at(
    admin_client: Client, share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_share_analytics.admin.shares.steps.MOST", 3)
    assert ", and more" in text(admin_client.get(reverse(SHARE, args=[share.pk])))


@NO_LINKS
def test_share__as_before_without_links(admin_client: Client, share: Share) -> None:
    assert "What became of it" not in text(admin_client.get(reverse(SHARE, args=[share.pk])))
