"""What the charts show, said in sentences, for those who read faster than they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics.admin.words import (
    compared_ranges,
    ending,
    full_day,
    isolated,
    number,
    per_cent,
    shares,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from django_share_analytics.admin.statistics.report.apps import AppRow, RisingRow
    from django_share_analytics.admin.statistics.report.platforms import PlatformRow
    from django_share_analytics.stats import ShareStats
    from django_share_analytics.stats.comparison import Comparison


def trend_summary(stats: ShareStats, *, includes_today: bool) -> str:
    """The total, what became of it since the period before, the best day, and today so far."""
    days = stats.period.days
    if includes_today and days == 1:
        total = _("%(shares)s today so far.") % {"shares": shares(stats.total)}
        return " ".join([total, *_compared(stats)])
    total = ngettext("%(shares)s in %(days)d day.", "%(shares)s in %(days)d days.", days)
    sentences = [total % {"shares": shares(stats.total), "days": days}]
    sentences += _compared(stats)
    busiest = max(stats.daily, key=lambda day: day.count)
    is_first_day = includes_today and stats.daily[-1].count == stats.total
    if stats.total and days > 1 and not is_first_day:
        sentences.append(
            _("The busiest day was %(day)s with %(number)s.")
            % {"day": full_day(busiest.date), "number": number(busiest.count)}
        )
    if includes_today:
        today = number(stats.daily[-1].count)
        sentences.append(_("Today is not over yet: %(number)s so far.") % {"number": today})
    return " ".join(sentences)


def _compared(stats: ShareStats) -> Iterator[str]:
    """What became of it; and of which days, where they are others than those of the chart."""
    question, period, previous = stats.question, stats.period, stats.previous
    if previous is None or not previous.is_possible:
        return
    if previous.start != period.before().start:
        dates = compared_ranges(question.complete, question.today)
        yield _("Complete days: %(dates)s.") % {"dates": dates}
    before = stats.previous_daily or []
    whole_before = sum(day.count for day in before)
    yield change_sentence(previous, period.days, period.zone, whole_before=whole_before)
    first = next((n for n, day in enumerate(before) if day.count), 0)
    if first > period.days / 2:
        # A growth from so little says more of when recording began than of what is shared.
        day = full_day(before[first].date)
        yield _("The period before has shares only from %(day)s on.") % {"day": day}


def cards_summary(stats: ShareStats) -> str:
    """Until when the numbers of both sides count; empty when nothing is compared."""
    last = stats.headlines[-1].previous if stats.headlines else None
    if last is None:
        return ""
    values = {"until": ending(last.compared_until, stats.period.zone)}
    if stats.question.app is not None:
        return _("Changes compare complete days (up to %(until)s).") % values
    return _("Changes compare both sides up to the same hour (%(until)s).") % values


def change_sentence(previous: Comparison, days: int, zone: tzinfo, *, whole_before: int = 0) -> str:
    """The change since the period before. Both sides end at the same hour of their last day.

    Both numbers are named, and until when they count: the current one leaves out what can't be
    compared yet, so that it is not the total. Without anything to compare with there is no
    percentage, rather than an infinite one; ``whole_before`` are the shares of the period before,
    which may all be of hours that are not compared.
    """
    if previous.change is None:
        return _none_before(days, ending(previous.compared_until, zone) if whole_before else "")
    values = {
        "until": ending(previous.compared_until, zone),
        "days": days,
        "now": number(previous.compared_total),
        "before": number(previous.total),
        "percent": per_cent(abs(previous.change)),
    }
    if previous.change == 0:
        same = ngettext(
            "Compared up to %(until)s: %(now)s, as many as the day before.",
            "Compared up to %(until)s: %(now)s, as many as in the %(days)d days before.",
            days,
        )
        return same % values
    if previous.change > 0:
        more = ngettext(
            "Compared up to %(until)s: %(now)s, %(percent)s more than the day before (%(before)s).",
            "Compared up to %(until)s: %(now)s, %(percent)s more than in the %(days)d days before "
            "(%(before)s).",
            days,
        )
        return more % values
    fewer = ngettext(
        "Compared up to %(until)s: %(now)s, %(percent)s fewer than the day before (%(before)s).",
        "Compared up to %(until)s: %(now)s, %(percent)s fewer than in the %(days)d days before "
        "(%(before)s).",
        days,
    )
    return fewer % values


def _none_before(days: int, until: str) -> str:
    if until:
        said = ngettext(
            "Compared up to %(until)s: none the day before.",
            "Compared up to %(until)s: none in the %(days)d days before.",
            days,
        )
    else:
        said = ngettext(
            "There were none the day before.", "There were none in the %(days)d days before.", days
        )
    return said % {"until": until, "days": days}


def platform_summary(rows: Sequence[PlatformRow]) -> str:
    """Who is ahead, and how far; or what part the one that was asked for has."""
    if not rows:
        return ""
    first = rows[0]
    if chosen := next((row for row in rows if row.is_chosen), None):
        values = {"platform": isolated(chosen.label), "percent": chosen.percent}
        return _("%(platform)s has %(percent)s of all shares.") % values
    return _("Most shares go to %(platform)s: %(percent)s.") % {
        "platform": isolated(first.label),
        "percent": first.percent,
    }


def apps_summary(rows: Sequence[AppRow]) -> str:
    """The most shared app, and its part of the whole."""
    if not rows:
        return ""
    first = rows[0]
    return _("Most shared is %(app)s: %(number)s, %(percent)s of all.") % {
        "app": isolated(first.name),
        "number": first.shares,
        "percent": first.percent,
    }


def rising_summary(rows: Sequence[RisingRow]) -> str:
    """The app that rose fastest, which need not be the one that gained most."""
    if not rows:
        return ""
    first = rows[0]
    return _("%(app)s rose fastest: %(now)s after %(before)s.") % {
        "app": isolated(first.name),
        "now": first.shares,
        "before": first.shares_before,
    }
