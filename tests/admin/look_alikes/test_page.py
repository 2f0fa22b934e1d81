"""The page of shares that look alike, and the ways to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import local_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

VIEW, DISCARD = "share_analytics.view_share", "share_analytics.discard_share"
STATISTICS = "share_analytics.view_sharestatistics"
HOSTILE = '<script>alert("x")</script>'


def today() -> date:
    return local_day(timezone.now(), reporting_zone())


def page(**query: Any) -> str:
    return reverse("admin:share_analytics_share_look_alikes", query=query or None)


def shown(browser: Client, **query: Any) -> str:
    response = browser.get(page(**query))
    assert response.status_code == 200
    return response.content.decode()


def test_page__says_who_shared_how_much_and_where(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 3, days_ago=1, visitor=1, user_agent="curl/8.5", platform="copy")
    record(app, 1, days_ago=1, visitor=1, user_agent="curl/8.5", platform="email")
    record(app, 1, days_ago=1, user_agent="Firefox")
    record(app, 2, visitor=7)
    response = admin_client.get(page(app=app.pk, day=today() - timedelta(days=1)))
    report = response.context["report"]
    (row,) = report.by_visitor.rows
    assert (row.shares, row.percent, row.beside) == (
        "4",
        "80.0%",
        '<bdi title="curl/8.5">curl/8.5</bdi>',
    )
    assert (row.platforms, row.times) == (
        "\u2068Copied link\u2069 75.0%, \u2068Email\u2069 25.0%",
        "noon",
    )
    assert [row.name for row in report.by_agent.rows] == ["curl/8.5"]
    assert (report.line, report.notice) == ("5 shares", "")


def test_page__notices_one_visitor(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 40, visitor=1)
    record(app, 20, visitor=2)
    assert "One visitor made 40 of 60 shares." in shown(admin_client, app=app.pk)


def test_page__of_no_app_asks_for_one(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    record(make_app("Noor Reader"))
    assert "Noor Reader" in shown(admin_client)


@pytest.mark.parametrize("query", [{"app": "nonsense"}, {"app": "\0"}, {"day": "2026-13-13"},
                                   {"day": "0001-01-01"}, {"day": "9999-12-31"}])  # fmt: skip
def test_page__of_what_makes_no_sense_says_so(
    admin_client: Client, app: Any, query: dict[str, str]
) -> None:
    response = admin_client.get(page(**{"app": app.pk, **query}))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert "report" not in response.context


def test_page__escapes_what_strangers_wrote(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    app = make_app(HOSTILE)
    record(app, 60, user_agent=HOSTILE, platform="copy")
    answer = shown(admin_client, app=app.pk)
    assert HOSTILE not in answer
    assert "&lt;script&gt;" in answer


def test_page__asks_as_many_queries_for_many_as_for_few(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(admin_client, app=app.pk)
        return len(captured)

    record(app)
    queries()
    before = queries()
    for n in range(30):
        record(app, 2, visitor=n, user_agent=f"agent {n}")
    assert queries() == before


@pytest.mark.parametrize(
    ("permissions", "status"),
    [((), 403), ((STATISTICS,), 403), ((DISCARD,), 403), ((VIEW,), 200), ((VIEW, DISCARD), 200)],
)
def test_page__is_for_who_may_see_shares(
    as_staff: Callable[..., Client], app: Any, permissions: tuple[str, ...], status: int
) -> None:
    assert as_staff(*permissions).get(page(app=app.pk)).status_code == status


def test_page__sends_everybody_else_to_log_in(client: Client, app: Any) -> None:
    assert client.get(page(app=app.pk)).status_code == 302


@pytest.mark.parametrize(("may", "links"), [((VIEW,), 0), ((VIEW, DISCARD), 2)])
def test_page__has_links_to_discard_for_who_may(
    as_staff: Callable[..., Client],
    record: Callable[..., Any],
    app: Any,
    may: tuple[str, ...],
    links: int,
) -> None:
    record(app, 2, visitor=1, user_agent="curl")
    assert shown(as_staff(*may), app=app.pk).count("look-alikes/discard/") == links


def test_list__leads_to_those_that_look_alike(admin_client: Client, app: Any) -> None:
    list_url = reverse("admin:share_analytics_share_changelist")
    days = {"from": "2026-03-09", "to": "2026-03-10"}
    response = admin_client.get(list_url, {"app": app.pk, **days})
    assert response.context["alike_url"] == page(app=app.pk, day="2026-03-10")
    assert b"/look-alikes/" in response.content


@pytest.mark.parametrize(("may", "leads"), [((STATISTICS,), False), ((STATISTICS, VIEW), True)])
def test_statistics__of_an_app_lead_there_who_may_see_shares(
    as_staff: Callable[..., Client],
    record: Callable[..., Any],
    app: Any,
    may: tuple[str, ...],
    leads: bool,
) -> None:
    record(app)
    url = reverse("admin:share_analytics_sharestatistics_changelist")
    answer = as_staff(*may).get(url, {"app": app.pk}).content.decode()
    assert ("look-alikes" in answer) == leads
