"""One form, one range: what can be asked for, and what becomes of what can't."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from django_share_analytics.admin import report_page
from django_share_analytics.admin.statistics.form import StatisticsForm
from django_share_analytics.admin.statistics.links import link, link_to_day, link_to_days
from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import local_day
from django_share_analytics.stats.question import make_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from django_share_analytics.stats import Question

pytestmark = pytest.mark.django_db

PAGE = "admin:share_analytics_sharestatistics_changelist"
INSTEAD = "These are the last 30 days of everything instead."
NOW = timezone.now()
TODAY = local_day(NOW, reporting_zone())


@pytest.fixture(autouse=True)
def _pages_are_asked_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Midnight may come between."""
    monkeypatch.setattr(report_page, "utc_now", lambda: NOW)


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def asked(**question: Any) -> Question:
    return make_question(now=NOW, **question)


def answered(response: Any) -> Question:
    """The question that the page answers, apart from how much of it is on a page."""
    question: Question = response.context["question"]
    return replace(question, now=NOW, limit=asked().limit, headlines=())


def form(query: str) -> StatisticsForm:
    return StatisticsForm(QueryDict(query), NOW)


@pytest.mark.parametrize(
    ("query", "question"),
    [
        ("", {}),
        ("days=", {}),
        ("days=7", {"days": 7}),
        ("days=1", {"days": 1}),
        ("days=45", {"days": 45}),
        ("days=365&compare=0", {"days": 365, "compare": False}),
        ("compare=no", {"compare": False}),
        ("compare=1&platform=&app=", {}),
        ("platform=WA", {"platform": "whatsapp"}),
        ("days=7&from=&to=", {"days": 7}),
        ("other=1", {}),
        (
            f"from={day(9)}&to={day(3)}",
            {"start": TODAY - timedelta(days=9), "end": TODAY - timedelta(days=3)},
        ),
        (f"days=custom&from={day(9)}", {"start": TODAY - timedelta(days=9), "end": TODAY}),
        (f"from={day(364)}", {"start": TODAY - timedelta(days=364), "end": TODAY}),
    ],
)
def test_form__understands(query: str, question: dict[str, Any]) -> None:
    assert form(query).question() == asked(**question)


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
    assert answered(response) == asked()


def test_form__of_an_app(app: Any) -> None:
    given = QueryDict(mutable=True)
    given["app"] = str(app.pk)
    assert StatisticsForm(given, NOW).question() == asked(app=app)


def test_form__of_a_platform_that_is_no_longer_registered(
    record: Callable[..., Any], app: Any
) -> None:
    assert not form("platform=orkut").is_valid()
    record(app, platform="orkut")
    assert form("platform=orkut").question() == asked(platform="orkut")


def test_page__says_which_of_two_periods_counts(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app)
    query = {"days": "7", "from": day(20), "to": day(10)}
    response = admin_client.get(reverse(PAGE), query)
    (message,) = response.context["messages"]
    assert message.message.startswith("The days from and to were left out")
    assert message.level_tag == "warning"
    assert answered(response) == asked(days=7)


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
    again = StatisticsForm(
        QueryDict("&".join(f"{name}={value}" for name, value in shown.items())), NOW
    )
    assert again.question() == answered(response) == form(query).question()


def test_links__change_one_thing_at_a_time(app: Any) -> None:
    def asks(address: str) -> Question:
        return form(address[1:]).question()

    question = asked(days=7, platform="sms", app=app, compare=False)
    assert asks(link(question)) == question
    assert asks(link(question, app=None)) == asked(days=7, platform="sms", compare=False)
    month = asked(days=30, platform="sms", app=app, compare=False)
    assert asks(link_to_days(question, 30)) == month
    day = asked(start=TODAY, end=TODAY, platform="sms", app=app, compare=False)
    assert asks(link_to_day(question, TODAY)) == day
    assert asks(link_to_days(day, 30)) == month


def test_form__offers_what_is_shared(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    apps = [make_app(f"Number {n}") for n in range(3)]
    for n, app in enumerate(apps):
        record(app, n + 1, days_ago=1)
    offered = admin_client.get(reverse(PAGE)).context["form"]["app"].field.widget.choices
    assert [name for _, name in offered] == ["All", "Number 2", "Number 1", "Number 0"]
    alone = admin_client.get(reverse(PAGE), {"app": str(apps[0].pk)})
    offered = alone.context["form"]["app"].field.widget.choices
    assert [name for _, name in offered] == ["All", "Number 0", "Number 2", "Number 1"]
