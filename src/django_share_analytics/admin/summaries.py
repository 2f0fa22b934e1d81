"""What the charts show, said in sentences, for those who read faster than they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from .words import full_day, number, per_cent, shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.series import Comparison
    from django_share_analytics.stats import ShareStats

    from .report import PlatformRow


def trend_summary(stats: ShareStats, *, includes_today: bool) -> str:
    """The total, what became of it since the period before, the best day, and today so far."""
    sentences = [
        _("%(shares)s in %(days)d days.")
        % {"shares": shares(stats.total), "days": stats.period.days},
        change_sentence(stats.previous, stats.period.days),
    ]
    if stats.total:
        busiest = max(stats.daily, key=lambda day: day.count)
        sentences.append(
            _("The busiest day was %(day)s with %(number)s.")
            % {"day": full_day(busiest.date), "number": number(busiest.count)}
        )
    if includes_today:
        today = number(stats.daily[-1].count)
        sentences.append(_("Today is not over yet: %(number)s so far.") % {"number": today})
    return " ".join(sentences)


def change_sentence(previous: Comparison, days: int) -> str:
    """The change since the period before. Both sides end at the same hour of their last day.

    Both numbers are named: the current one leaves out the hour that is not over, so that it is not
    the total. Without anything to compare with there is no percentage, rather than an infinite one.
    """
    if previous.change is None:
        return _("There were none in the %(days)d days before.") % {"days": days}
    values = {
        "days": days,
        "now": number(previous.compared_total),
        "before": number(previous.total),
        "percent": per_cent(abs(previous.change)),
    }
    if previous.change == 0:
        same = _(
            "Up to the last full hour that is %(now)s, as many as in the %(days)d days before."
        )
        return same % values
    if previous.change > 0:
        more = _(
            "Up to the last full hour that is %(now)s, %(percent)s more than in the %(days)d days "
            "before (%(before)s)."
        )
        return more % values
    fewer = _(
        "Up to the last full hour that is %(now)s, %(percent)s fewer than in the %(days)d days "
        "before (%(before)s)."
    )
    return fewer % values


def platform_summary(rows: Sequence[PlatformRow]) -> str:
    """Who is ahead, and how far."""
    if not rows:
        return ""
    first = rows[0]
    return _("Most shares go to %(platform)s: %(percent)s.") % {
        "platform": first.label,
        "percent": first.percent,
    }
