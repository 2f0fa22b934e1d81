"""The filters and the search of the list of shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from django_share_analytics.models import Share
from tests.admin.shares.test_page import LIST, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

FIRST_INSTANT = datetime(2026, 3, 9, 21, 0, tzinfo=UTC)
"""The start of 10 March in Riyadh, three hours east of Greenwich."""
LAST_INSTANT = datetime(2026, 3, 11, 20, 59, 59, 999_999, tzinfo=UTC)
AFTER = datetime(2026, 3, 11, 21, 0, tzinfo=UTC)
BEFORE = datetime(2026, 3, 9, 20, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"from": "2026-03-10", "to": "2026-03-11"}, [LAST_INSTANT, FIRST_INSTANT]),
        ({"from": "2026-03-10"}, [AFTER, LAST_INSTANT, FIRST_INSTANT]),
        ({"to": "2026-03-11"}, [LAST_INSTANT, FIRST_INSTANT, BEFORE]),
        ({"from": "2026-03-12", "to": "2026-03-12"}, [AFTER]),
        ({"from": "1970-01-01", "to": "2999-12-31"}, [AFTER, LAST_INSTANT, FIRST_INSTANT, BEFORE]),
        ({"from": "", "to": ""}, [AFTER, LAST_INSTANT, FIRST_INSTANT, BEFORE]),
    ],
)
def test_days__are_days_of_the_reporting_zone(
    admin_client: Client,
    record: Callable[..., Any],
    app: Any,
    parameters: dict[str, str],
    found: list[datetime],
) -> None:
    for moment in (BEFORE, FIRST_INSTANT, LAST_INSTANT, AFTER):
        record(app, timestamp=moment)
    response = admin_client.get(reverse(LIST), parameters)
    assert [share.timestamp for share in response.context["cl"].result_list] == found


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"from": "yesterday"}, "Enter a valid date."),
        ({"to": "2026-02-30"}, "Enter a valid date."),
        ({"from": "0001-01-01"}, "greater than or equal to"),
        ({"to": "9999-12-31"}, "less than or equal to"),
        ({"from": "2026-03-11", "to": "2026-03-10"}, "The first day comes after the last one."),
        ({"app": "no such key"}, "No app has this ID."),
        ({"app": "a\x00b"}, "Null characters are not allowed."),
        ({"app": "9" * 40}, "No app has this ID."),
        ({"user": "nobody"}, "There is no such user."),
        ({"user": "9" * 40}, "There is no such user."),
        ({"user": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_filters__when_a_value_makes_no_sense(
    admin_client: Client,
    record: Callable[..., Any],
    app: Any,
    parameters: dict[str, str],
    message: str,
) -> None:
    record(app)
    response = admin_client.get(reverse(LIST), parameters)
    assert shown(response) == []
    # Once above the list, once beside the field.
    assert response.content.decode().count(message) == 2


@pytest.mark.parametrize(
    ("given", "shown_again"), [("zz", ""), ("2026-02-30", ""), ("0001-01-01", "0001-01-01")]
)
def test_days__a_browser_gets_no_date_that_it_would_complain_about(
    admin_client: Client, given: str, shown_again: str
) -> None:
    response = admin_client.get(reverse(LIST), {"from": given})
    assert shown(response) == []
    days = next(spec for spec in response.context["cl"].filter_specs if spec.title == "day")
    assert (days.form["from"].value() or "") == shown_again
    assert days.form.is_filled_in
    (message,) = response.context["messages"]
    assert (message.message.split(":")[0], message.level_tag) == ("From", "warning")


@pytest.mark.parametrize("name", ["nothing", "a\x00b", "x" * 500, "<script>"])
def test_platform__when_nobody_ever_shared_there(
    admin_client: Client, record: Callable[..., Any], app: Any, name: str
) -> None:
    record(app)
    response = admin_client.get(reverse(LIST), {"platform": name})
    assert shown(response) == []
    assert b'<script>"' not in response.content


def test_platform__offers_the_registry_and_filters(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 2, platform="whatsapp")
    (share,) = record(app, platform="telegram")
    response = admin_client.get(reverse(LIST), {"platform": "telegram"})
    assert shown(response) == [share.id]
    assert b"?platform=bluesky" in response.content


def test_platform__when_it_is_no_longer_registered(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    (share,) = record(app, platform="googleplus")
    record(app, platform="whatsapp")
    response = admin_client.get(reverse(LIST), {"platform": "googleplus"})
    assert shown(response) == [share.id]


def test_app__offers_those_shared_most_and_no_others(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    apps = [make_app(f"App number {n:02}") for n in range(12)]
    for n, app in enumerate(apps):
        record(app, n)
    with CaptureQueriesContext(connection) as captured:
        response = admin_client.get(reverse(LIST))
    offered = next(spec for spec in response.context["cl"].filter_specs if spec.title == "app")
    names = [choice["display"] for choice in offered.choices(response.context["cl"])]
    assert names == ["All", *(str(app) for app in reversed(apps[2:]))]
    tables = [query["sql"] for query in captured if "share_analytics_appcount" in query["sql"]]
    assert all("LIMIT 10" in sql for sql in tables)


def test_app__by_its_key(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    chess, rare = make_app("Chess"), make_app("Rare")
    record(chess, 3)
    (share,) = record(rare)
    response = admin_client.get(reverse(LIST), {"app": str(rare.pk)})
    assert shown(response) == [share.id]


def test_app__that_was_never_shared_is_named(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    record(make_app("Chess"))
    never = make_app("Never shared")
    response = admin_client.get(reverse(LIST), {"app": str(never.pk)})
    assert shown(response) == []
    assert "<bdi>Never shared</bdi>" in response.content.decode()


@pytest.mark.parametrize("by", ["pk", "username"])
def test_user__by_key_and_by_name(
    admin_client: Client,
    record: Callable[..., Any],
    app: Any,
    django_user_model: Any,
    by: str,
) -> None:
    user = django_user_model.objects.create_user("someone")
    (share,) = record(app, user_id=user.pk)
    record(app)
    response = admin_client.get(reverse(LIST), {"user": getattr(user, by)})
    assert shown(response) == [share.id]


def test_filters__together_and_kept_by_each_form(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    (share,) = record(app, days_ago=2, platform="facebook")
    record(app, days_ago=2, platform="whatsapp")
    record(app, days_ago=200, platform="facebook")
    parameters = {"platform": "facebook", "from": "2000-01-01", "app": str(app.pk)}
    response = admin_client.get(reverse(LIST), parameters)
    assert shown(response)[0] == share.id
    assert len(shown(response)) == 2
    page = response.content.decode()
    # The forms for days, app and user each carry the platform; those for app and user the day.
    assert page.count('<input type="hidden" name="platform" value="facebook">') == 4
    assert page.count('<input type="hidden" name="from" value="2000-01-01">') == 3


def test_search__within_a_range(admin_client: Client, record: Callable[..., Any], app: Any) -> None:
    (share,) = record(app, days_ago=1, session_id="abc")
    record(app, days_ago=1, session_id="abcd")
    record(app, days_ago=1, session_id="")
    response = admin_client.get(reverse(LIST), {"q": " abc ", "from": _day(share)})
    assert shown(response) == [share.id]


@pytest.mark.parametrize(
    "days", [{}, {"to": "2026-03-11"}, {"from": "2020-01-01"}, {"from": "wrong"}]
)
def test_search__without_a_bounded_range(
    admin_client: Client, record: Callable[..., Any], app: Any, days: dict[str, str]
) -> None:
    record(app, session_id="abc")
    with CaptureQueriesContext(connection) as captured:
        response = admin_client.get(reverse(LIST), {"q": "abc", **days})
    assert shown(response) == []
    assert "choose a range of days" in response.content.decode()
    assert not [query for query in captured if "session_id" in query["sql"].split("WHERE")[-1]]


def test_search__with_a_character_that_no_session_has(admin_client: Client) -> None:
    assert shown(admin_client.get(reverse(LIST), {"q": "a\x00", "from": "2026-01-01"})) == []


def test_filters__ask_for_instants_only(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    """Databases without zone tables find nothing by ``__date``."""
    record(app)
    response = admin_client.get(reverse(LIST), {"from": "2026-03-10", "to": "2026-03-11"})
    sql = str(response.context["cl"].queryset.query)
    assert '"timestamp" >= ' in sql.replace("`", '"')
    assert "TZ" not in sql.upper().replace("TIMEZONE", "")


def _day(share: Any) -> str:
    stored = Share.objects.get(pk=share.id)
    return stored.timestamp.date().isoformat()
