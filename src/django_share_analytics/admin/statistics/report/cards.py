"""The cards on top: today so far, and the last 7, 30 and 90 days, each with the way to it; and what
the shares of the chosen days have brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.statistics.links import link_to_days
from django_share_analytics.admin.statistics.report.changes import Change, change_between

if TYPE_CHECKING:
    from datetime import date

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats import Headline, Question, ShareStats
    from django_share_analytics.stats.comparison import Comparison
    from django_share_analytics.stats.overview import Overview


@dataclass(frozen=True, slots=True)
class Card:
    """A period: its total, what became of it, the days that are meant and the way to them."""

    days: int
    label: str
    shares: str
    change: Change | None
    dates: str
    compared: str
    """The days of both sides; empty when nothing is compared."""
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class VisitsCard:
    """What came by the shares of the chosen days."""

    visits: str
    dates: str
    """Of the shares, not of the visits."""


def build_visits_card(overview: Overview) -> VisitsCard | None:
    """None where shares have no links."""
    if overview.visits is None:
        return None
    question = overview.stats.question
    period = question.period
    dates = words.short_range(period.start, period.end, question.today)
    return VisitsCard(words.number(overview.visits), dates)


def build_cards(stats: ShareStats) -> list[Card]:
    """A card for each headline."""
    return [_card(headline, stats.question) for headline in stats.headlines]


def _card(headline: Headline, question: Question) -> Card:
    period, previous = headline.period, _compared(headline, question)
    return Card(
        days=period.days,
        label=_("Today so far") if period.days == 1 else words.last_days(period.days),
        shares=words.number(headline.total),
        change=_change(headline, previous) if previous else None,
        dates=words.short_range(period.start, period.end, question.today),
        compared=_sides(period, previous, question.today) if previous else "",
        url=link_to_days(question, period.days),
        is_current=period == question.period,
    )


def _compared(headline: Headline, question: Question) -> Comparison | None:
    """Of one app whole days are compared, so there is nothing to say of today; nor of a first day,
    whose shares are all of hours that have nothing before them to be compared with."""
    previous = headline.previous
    if previous is None or not previous.is_possible:
        return None
    if question.app is not None and headline.period.days == 1:
        return None
    is_first = headline.total and not (previous.total or previous.compared_total)
    is_cut = previous.start == headline.period.before().start
    return None if is_first and not (is_cut and headline.previous_total) else previous


def _sides(period: DayRange, previous: Comparison, today: date) -> str:
    """Both sides. Where whole days are compared, the current one is not what the card shows."""
    is_shown = previous.start == period.before().start
    return words.compared_ranges(period if is_shown else period.ending_before(today), today)


def _change(headline: Headline, previous: Comparison) -> Change:
    is_of_total = previous.compared_total == headline.total and previous.total
    until = words.short_ending(previous.compared_until, headline.period.zone)
    is_cut = previous.start == headline.period.before().start
    return change_between(
        previous.total,
        previous.compared_total,
        until="" if is_of_total else until,
        whole_before=headline.previous_total if is_cut else None,
    )
