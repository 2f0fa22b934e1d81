"""The list of shares."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from django_share_analytics.admin.shares.paginator import CappedPaginator
from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

LIST = "admin:share_analytics_share_changelist"
HOSTILE = '<script>alert("x")</script>'


def shown(response: Any) -> list[Any]:
    """The ids in the list, in its order."""
    assert response.status_code == 200
    return [share.pk for share in response.context["cl"].result_list]


def test_list__is_newest_first(admin_client: Client, record: Callable[..., Any], app: Any) -> None:
    (old,), (new,), (middle,) = (record(app, days_ago=days) for days in (3, 1, 2))
    response = admin_client.get(reverse(LIST))
    assert shown(response) == [new.id, middle.id, old.id]


def test_list__has_no_links_to_add(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app)
    page = admin_client.get(reverse(LIST)).content.decode()
    assert reverse("admin:share_analytics_share_add") not in page


def test_list__when_empty(admin_client: Client) -> None:
    assert shown(admin_client.get(reverse(LIST))) == []


def test_list__in_the_reporting_zone(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, days_ago=1)
    assert b"T12:00:00+03:00" in admin_client.get(reverse(LIST)).content


def test_list__asks_as_many_queries_for_many_shares_as_for_one(
    admin_client: Client,
    record: Callable[..., Any],
    make_app: Callable[..., Any],
    django_user_model: Any,
) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(LIST))
        return [query["sql"] for query in captured]

    users = [django_user_model.objects.create_user(f"user{n}") for n in range(5)]
    record(make_app(), user_id=users[0].pk)
    queries()
    before = queries()
    for user in users:
        record(make_app(), 3, user_id=user.pk, platform="facebook", session_id="s")
    assert len(queries()) == len(before)
    assert not any("DISTINCT" in sql for sql in before)


def test_list__escapes_what_strangers_wrote(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    (share,) = record(
        make_app(HOSTILE),
        session_id=HOSTILE,
        user_agent=HOSTILE,
        referrer_url=f"https://example.com/{HOSTILE}",
        platform="whatsapp",
    )
    detail = reverse("admin:share_analytics_share_change", args=[share.id])
    for address in (reverse(LIST), detail):
        page = admin_client.get(address).content.decode()
        assert HOSTILE not in page
        assert escape(HOSTILE) in page


def test_list__when_the_app_has_no_name(
    admin_client: Client, record: Callable[..., Any], app: Any, app_model: Any
) -> None:
    record(app)
    app_model.objects.update(name="")
    assert escape(str(app.pk)) in admin_client.get(reverse(LIST)).content.decode()


def test_list__when_asked_for_an_order_without_an_index(admin_client: Client) -> None:
    for column in (0, *range(2, 9)):
        response = admin_client.get(reverse(LIST), {"o": column})
        assert response.context["cl"].queryset.query.order_by == ("-timestamp", "-pk")


def test_list__oldest_first(admin_client: Client, record: Callable[..., Any], app: Any) -> None:
    (old,), (new,) = (record(app, days_ago=days) for days in (2, 1))
    assert shown(admin_client.get(reverse(LIST), {"o": 1})) == [old.id, new.id]


@pytest.mark.parametrize(
    "lookup", ["session_id", "user_agent__icontains", "referrer_url__regex", "id__gt", "pk__lt"]
)
def test_list__when_asked_for_a_lookup_that_no_filter_offers(
    admin_client: Client, lookup: str
) -> None:
    assert admin_client.get(reverse(LIST), {lookup: "x"}).status_code == 400


@pytest.mark.parametrize(
    "parameters", [{"p": "99"}, {"no_such_field": "1"}, {"app__name": "x"}, {"e": "1"}]
)
def test_list__when_parameters_make_no_sense(
    admin_client: Client, parameters: dict[str, str]
) -> None:
    assert admin_client.get(reverse(LIST), parameters).status_code in {200, 302, 400}


def test_pagination__when_there_are_more_than_are_counted(
    admin_client: Client,
    record: Callable[..., Any],
    app: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CappedPaginator, "limit", 1_000)
    record(app, 1_001)
    response = admin_client.get(reverse(LIST))
    assert response.context["cl"].paginator.num_pages == 20
    page = response.content.decode()
    assert "1,000+ shares" in page
    assert "Filter to reach the others." in page
    assert admin_client.get(reverse(LIST), {"p": 20}).status_code == 200
    assert admin_client.get(reverse(LIST), {"p": 21}).status_code == 302


def test_pagination__when_all_are_counted(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 60)
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "60 shares" in page
    assert "Filter to reach the others." not in page


def test_pagination__never_counts_the_whole_table(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 51)
    with CaptureQueriesContext(connection) as captured:
        admin_client.get(reverse(LIST))
    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 10001" in counts[0]
    assert "ORDER BY" not in counts[0]


@pytest.mark.parametrize("n", [0, 1, 50])
def test_pagination__asks_once_for_what_fits_on_a_page(
    admin_client: Client, record: Callable[..., Any], app: Any, n: int
) -> None:
    """What is rare is looked for in many rows: once is enough."""
    record(app, n, session_id="s-1")
    query = {"q": "s-1", "from": "2026-01-01"}
    with CaptureQueriesContext(connection) as captured:
        response = admin_client.get(reverse(LIST), query)
    assert len(shown(response)) == response.context["cl"].result_count == n
    asked = [query for query in captured if "session_id" in query["sql"].split("WHERE")[-1]]
    assert len(asked) == 1


def test_list__joins_no_other_table(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    """MariaDB may begin with the other one, and sort all shares."""
    record(app, 60)
    with CaptureQueriesContext(connection) as captured:
        admin_client.get(reverse(LIST))
    shares = [query["sql"] for query in captured if "user_agent" in query["sql"]]
    assert shares
    assert not any("JOIN" in sql for sql in shares)


def test_list__names_shares_by_platform_and_time(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    (share,) = record(app, days_ago=1)
    stored = Share.objects.get(pk=share.id)
    assert str(stored) == f"WhatsApp, {share.timestamp + timedelta(hours=3):%Y-%m-%d %H:%M:%S}"
    assert f"for an action - {stored}" in admin_client.get(reverse(LIST)).content.decode()


def test_list__keeps_long_words_short(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(
        app, session_id="40fcb71f-0d3a-4c5e", referrer_url="https://example.org/a/long/path?of=it"
    )
    page = admin_client.get(reverse(LIST)).content.decode()
    assert '<bdi title="40fcb71f-0d3a-4c5e">40fcb71f…</bdi>' in page
    assert 'title="https://example.org/a/long/path?of=it"' in page
    assert "<bdi>example.org</bdi>" in page
    assert "column-share_id" not in page


@pytest.mark.parametrize(
    ("query", "said"),
    [({}, "Nothing has been shared yet."), ({"platform": "sms"}, "No share matches.")],
)
def test_list__when_nothing_is_found(
    admin_client: Client, query: dict[str, str], said: str
) -> None:
    page = admin_client.get(reverse(LIST), query).content.decode()
    assert said in page
    assert ("Show all shares" in page) is bool(query)
    assert "0 shares" not in page
    assert 'name="action"' not in page
