"""Numbers side by side on the page agree with each other, or say why they don't."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from django_share_analytics.admin.statistics.report.build import build_report
from django_share_analytics.stats.overview import read_overview
from django_share_analytics.stats.question import make_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_share_analytics.admin.statistics.report.build import Report

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 18, 20, tzinfo=UTC)
"""21:20 on 25 November in Riyadh: 9 p.m. is the last complete hour."""
MIDNIGHT = datetime(2026, 11, 24, 21, 10, tzinfo=UTC)
"""00:10 on that day: no hour of it is complete."""
NOON = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def share(record: Callable[..., Any]) -> Callable[..., Any]:
    """Shares of an app some days ago: at noon, or so many hours later."""

    def share(app: Any, n: int, *, ago: int, hours: int = 0) -> None:
        record(app, n, timestamp=NOON - timedelta(days=ago) + timedelta(hours=hours))

    return share


def report(days: int, app: Any = None, now: datetime = NOW, platform: str | None = None) -> Report:
    return build_report(
        read_overview(make_question(days=days, app=app, platform=platform, now=now))
    )


def plain(text: str) -> str:
    for mark in "\u2060\u2066\u2067\u2068\u2069":
        text = text.replace(mark, "")
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{EN DASH}", "to")


def test_cards__when_all_before_came_later_in_the_day(share: Callable[..., Any], app: Any) -> None:
    share(app, 93, ago=90, hours=10)
    share(app, 100, ago=3)
    shown = report(90)
    assert sum(int(point.shares_before) for point in shown.trend.points) == 93
    change = shown.cards[3].change
    assert change is not None
    assert (change.arrow, change.sign, plain(change.words)) == (
        "", "", "100 by 9 p.m., none before by then",
    )  # fmt: skip
    assert "9 p.m.: none in the 90 days before." in shown.trend_summary


@pytest.mark.parametrize("of_an_app", [False, True])
def test_cards__of_a_first_day(share: Callable[..., Any], app: Any, of_an_app: bool) -> None:
    """All shares are of the hour that is not over: there is nothing to say of growth."""
    share(app, 3, ago=0, hours=9)
    shown = report(30, app.pk if of_an_app else None)
    assert [card.shares for card in shown.cards] == ["3"] * 4
    assert [(card.change, card.compared) for card in shown.cards] == [(None, "")] * 4
    assert shown.cards_summary == ""
    assert "busiest" not in shown.trend_summary
    assert plain(shown.trend_summary).endswith("Today is not over yet: 3 so far.")


def test_cards__of_a_second_day(share: Callable[..., Any], app: Any) -> None:
    share(app, 3, ago=0, hours=9)
    share(app, 2, ago=1)
    shown = report(30)
    assert [card.change.words for card in shown.cards if card.change][1:] == ["none before"] * 3
    assert shown.cards_summary
    assert "The busiest day was" in shown.trend_summary


def test_rows__have_names_that_fit(share: Callable[..., Any], make_app: Any) -> None:
    app = make_app("x" * 150)
    share(app, 3, ago=2)
    share(app, 2, ago=9)
    shown = report(7)
    assert len(shown.apps[0].name) <= 60
    assert len(shown.rising[0].name) <= 60
    assert len(shown.apps_summary) < 120


def test_cards__name_both_numbers_of_a_percentage(share: Callable[..., Any], app: Any) -> None:
    share(app, 673, ago=8)
    share(app, 717, ago=2)
    share(app, 41, ago=0, hours=9)
    week = report(7).cards[1]
    assert week.change is not None
    assert (week.shares, week.change.sign) == ("758", "+6.5%")
    assert plain(week.change.words) == "717 by 9 p.m., 673 before"
    assert plain(week.compared) == "Nov 19 to Nov 25, compared with Nov 12 to Nov 18"


@pytest.mark.parametrize(
    ("days", "hour", "is_early"),
    [(1, 0, True), (1, 11, True), (1, 12, False), (1, 23, False), (2, 0, False), (30, 0, False)],
)
def test_trend__is_early_while_more_is_to_come(
    share: Callable[..., Any], app: Any, days: int, hour: int, is_early: bool
) -> None:
    share(app, 3, ago=1)
    shown = report(days, now=MIDNIGHT + timedelta(hours=hour))
    assert shown.trend.is_early is is_early


def test_cards__when_no_hour_of_today_is_complete(share: Callable[..., Any], app: Any) -> None:
    share(app, 3, ago=1)
    today = report(1, now=MIDNIGHT)
    assert today.cards[0].change is None
    assert "Compared" not in today.trend_summary


def test_app__says_which_days_are_compared(share: Callable[..., Any], app: Any) -> None:
    share(app, 5, ago=8)
    share(app, 7, ago=7)
    share(app, 10, ago=3)
    shown = report(7, app)
    week = shown.cards[1]
    compared = "Nov 18 to Nov 24, compared with Nov 11 to Nov 17"
    assert plain(week.dates) == "Nov 19 to Nov 25"
    assert plain(week.compared) == compared
    assert f"Complete days: {compared}." in plain(shown.trend_summary)
    assert week.change is not None
    assert plain(week.change.words) == "17 to Nov 24, 5 before"


def test_apps__have_no_change_of_a_day_that_is_not_over(
    share: Callable[..., Any], app: Any
) -> None:
    for ago, n in {0: 186, 1: 20, 2: 10, 9: 5}.items():
        share(app, n, ago=ago)
    today, week = report(1), report(7)
    assert (today.compares_apps, week.compares_apps) == (False, True)
    assert (today.rising_title, week.rising_title) == ("Fastest rising yesterday", "Fastest rising")
    assert [row.shares for row in today.rising] == ["20"]
    assert today.trend_summary.startswith("186 shares today so far.")
    assert "not over yet" not in today.trend_summary


def test_apps__say_which_number_their_change_is_of(share: Callable[..., Any], app: Any) -> None:
    share(app, 10, ago=9)
    share(app, 20, ago=2)
    share(app, 5, ago=0)
    (row,) = report(7).apps
    assert row.change is not None
    assert (row.shares, row.change.sign) == ("25", "+100.0%")
    assert plain(row.change.words) == "20 to Nov 24, 10 before"


def test_rising__is_about_speed(share: Callable[..., Any], make_app: Callable[..., Any]) -> None:
    small, big = make_app("Small"), make_app("Big")
    for app, before, now in ((small, 165, 332), (big, 1_000, 1_593)):
        share(app, before, ago=9)
        share(app, now, ago=2)
    shown = report(7)
    assert [row.name for row in shown.rising] == ["Small", "Big"]
    assert plain(shown.rising_summary) == "Small rose fastest: 332 after 165."


def test_rising__when_there_is_nothing_to_compare_with(
    share: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    share(make_app(), 10, ago=9)
    share(make_app(), 5, ago=2)
    share(make_app(), 5, ago=90)  # compared for the site, but in none of the complete days
    for days, has_baseline in ((7, True), (90, False)):
        shown = report(days)
        assert (not shown.lacks_baseline, shown.compares_apps) == (has_baseline, has_baseline)
        assert bool(shown.rising) is has_baseline


def test_names__keep_their_direction_to_themselves(
    share: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    share(make_app("شطرنج"), 10, ago=2)
    shown = report(7)
    assert "\u2068شطرنج\u2069: 10," in shown.apps_summary
    assert "\u2068WhatsApp\u2069: 100.0%" in shown.platform_summary


def test_hours__below_a_chart_in_arabic(share: Callable[..., Any], app: Any) -> None:
    share(app, 10, ago=0)
    with translation.override("ar"):
        week, today = report(7).week, report(1).trend
    assert week is not None
    named = [point.axis_label for point in today.points if point.column.is_labelled]
    assert len(named) > 1
    labels = [label for _x, label in week.labelled] + named
    assert all(label.startswith("\u200f") for label in labels)
    assert not any(hour.startswith("\u200f") for hour, _numbers in week.table)


def test_trend__says_when_the_period_before_has_begun_late(
    share: Callable[..., Any], app: Any
) -> None:
    share(app, 5, ago=9)
    share(app, 7, ago=2)
    late = "The period before has shares only from Nov. 16, 2026 on."
    said = {days: late in report(days).trend_summary for days in (3, 7, 8, 30)}
    assert said == {3: False, 7: True, 8: True, 30: False}


def test_trend__days_lead_to_themselves(share: Callable[..., Any], app: Any) -> None:
    share(app, 5, ago=2)
    assert report(7, platform="whatsapp").trend.points[0].url == (
        "?from=2026-11-19&to=2026-11-19&platform=whatsapp"
    )
    for days in (1, 365):
        assert report(days).trend.points[0].url == ""


def test_platforms__beside_the_one_that_was_asked_for(
    share: Callable[..., Any], record: Callable[..., Any], app: Any
) -> None:
    share(app, 30, ago=2)
    record(app, 10, timestamp=NOON - timedelta(days=3), platform="telegram")
    for asked in ({}, {"app": app}):
        shown = report(7, platform="telegram", **asked)
        rows = [(row.label, row.shares, row.percent, row.is_chosen) for row in shown.platforms]
        assert rows == [("WhatsApp", "30", "75.0%", False), ("Telegram", "10", "25.0%", True)]
        assert plain(shown.platform_summary) == "Telegram has 25.0% of all shares."
        assert sum(int(point.shares) for point in shown.trend.points) == 10
