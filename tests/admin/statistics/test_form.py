"""One form, one range: what can be asked for, and what becomes of what can't."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from django_share_analytics.admin.statistics.form import StatisticsForm
from django_share_analytics.admin.statistics.selection import Selection
from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import local_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "admin:share_analytics_sharestatistics_changelist"
INSTEAD = "These are the last 30 days of everything instead."
TODAY = local_day(timezone.now(), reporting_zone())


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def form(query: str) -> StatisticsForm:
    return StatisticsForm(QueryDict(query))


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", Selection()),
        ("days=", Selection()),
        ("days=7", Selection(7)),
        ("days=1", Selection(1)),
        ("days=45", Selection(45)),
        ("days=365&compare=0", Selection(365, compare=False)),
        ("compare=no", Selection(compare=False)),
        ("compare=1&platform=&app=", Selection()),
        ("platform=WA", Selection(platform="whatsapp")),
        ("days=7&from=&to=", Selection(7)),
        ("other=1", Selection()),
        (
            f"from={day(9)}&to={day(3)}",
            Selection(None, TODAY - timedelta(days=9), TODAY - timedelta(days=3)),
        ),
        (f"days=custom&from={day(9)}", Selection(None, TODAY - timedelta(days=9), TODAY)),
        (f"from={day(364)}", Selection(None, TODAY - timedelta(days=364), TODAY)),
    ],
)
def test_form__understands(query: str, asked: Selection) -> None:
    assert form(query).selection() == asked


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("days=400", {"days"}),
        ("days=-1", {"days"}),
        ("days=1e2", {"days"}),
        ("days=custom", {"from"}),
        (f"to={day(3)}", {"from"}),
        (f"from={day(3)}&to={day(4)}", {"from"}),
        (f"from={day(3)}&to={day(-1)}", {"to"}),
        (f"from={day(-2)}", {"from"}),
        (f"from={day(365)}", {"from"}),
        ("from=yesterday", {"from"}),
        ("from=0001-01-01&to=9999-12-31", {"from", "to"}),
        ("platform=nowhere", {"platform"}),
        ("platform=%00", {"platform"}),
        ("platform=" + "x" * 5_000, {"platform"}),
        ("app=%00", {"app"}),
        ("app=nothing+has+this+key", {"app"}),
        ("app=%F0%9F%A6%84", {"app"}),
        ("compare=maybe", {"compare"}),
        ("days=0&platform=nowhere&app=none&compare=x", {"days", "platform", "app", "compare"}),
    ],
)
def test_page__shows_the_usual_beside_what_makes_no_sense(
    admin_client: Client, query: str, fields: set[str]
) -> None:
    response = admin_client.get(f"{reverse(PAGE)}?{query}")
    assert response.status_code == 200
    assert INSTEAD in response.content.decode()
    assert set(response.context["form"].errors) == fields
    assert response.context["selection"] == Selection()


def test_form__of_an_app(app: Any) -> None:
    asked = QueryDict(mutable=True)
    asked["app"] = str(app.pk)
    assert StatisticsForm(asked).selection() == Selection(app=app)


def test_form__of_a_platform_that_is_no_longer_registered(
    record: Callable[..., Any], app: Any
) -> None:
    assert not form("platform=orkut").is_valid()
    record(app, platform="orkut")
    assert form("platform=orkut").selection() == Selection(platform="orkut")


def test_page__says_which_of_two_periods_counts(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app)
    query = {"days": "7", "from": day(20), "to": day(10)}
    response = admin_client.get(reverse(PAGE), query)
    (message,) = response.context["messages"]
    assert message.message.startswith("The days from and to were left out")
    assert message.level_tag == "warning"
    assert response.context["selection"] == Selection(7)


@pytest.mark.parametrize(
    "query",
    ["days=7", f"from={day(9)}&to={day(3)}", "days=90&platform=whatsapp&compare=0", "days=1"],
)
def test_page__is_what_its_own_form_would_ask_for(
    admin_client: Client, record: Callable[..., Any], app: Any, query: str
) -> None:
    record(app)
    response = admin_client.get(f"{reverse(PAGE)}?{query}")
    shown = {field.html_name: field.value() or "" for field in response.context["form"]}
    again = StatisticsForm(QueryDict("&".join(f"{name}={value}" for name, value in shown.items())))
    assert again.selection() == response.context["selection"] == form(query).selection()


def test_selection__changes_one_thing_at_a_time(app: Any) -> None:
    asked = Selection(7, platform="sms", app=app, compare=False)
    assert StatisticsForm(QueryDict(asked.link()[1:])).selection() == asked
    without = StatisticsForm(QueryDict(asked.link(app=None)[1:])).selection()
    assert without == Selection(7, platform="sms", compare=False)
    month = StatisticsForm(QueryDict(asked.link_to_days(30)[1:])).selection()
    assert month == Selection(30, platform="sms", app=app, compare=False)


def test_form__offers_what_is_shared(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    apps = [make_app(f"Number {n}") for n in range(3)]
    for n, app in enumerate(apps):
        record(app, n + 1)
    offered = admin_client.get(reverse(PAGE)).context["form"]["app"].field.widget.choices
    assert [name for _, name in offered] == ["All", "Number 2", "Number 1", "Number 0"]
    alone = admin_client.get(reverse(PAGE), {"app": str(apps[0].pk)})
    offered = alone.context["form"]["app"].field.widget.choices
    assert [name for _, name in offered] == ["All", "Number 0", "Number 2", "Number 1"]
