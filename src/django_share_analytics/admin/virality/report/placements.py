"""Which button earns its place, and what the host tells of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.virality.rates import rate_text
from django_share_analytics.admin.virality.report.figures import Figure
from django_share_analytics.admin.virality.report.ranking import Ranked, Ranking, build_ranking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_share_analytics.virality.results import (
        PlacementTravel,
        Verdict,
        ViewsTravel,
        Virality,
    )


def placement_ranking(virality: Virality) -> Ranking:
    """By shares per 1,000 views where these are measured, else by visits per share."""
    rows = virality.placements or ()
    views = any(row.views for row in rows)
    entries = [
        Ranked(
            label=words.shortened(row.placement),
            rate=row.shares_per_thousand_views if views else row.visits_per_share,
            cells=tuple(_cells(row, views=views)),
        )
        for row in rows
    ]
    earned = (
        (_("Shares per 1,000 views"), _("Visits per share"), _("Views"))
        if views
        else (_("Visits per share"), _("Visits"))
    )
    heads = (_("Placement"), *earned, _("Shares"))
    return build_ranking(heads, entries, _verdict(virality.verdict) if views else "")


def _cells(row: PlacementTravel, *, views: bool) -> Iterator[str]:
    if views:
        text = rate_text(row.visits_per_share)
        interval = text.interval.translate(words.ONE_LINE)
        yield f"{text.value} ({interval})" if interval else text.value or "-"
        yield words.number(row.views)
    else:
        yield words.number(row.visits)
    yield words.number(row.shares)


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    decides = _("The next verdict is on %(day)s.") % {"day": words.full_day(verdict.decides_on)}
    if verdict.block is None:
        return _("Decides on %(day)s.") % {"day": words.full_day(verdict.decides_on)}
    days = words.day_range(verdict.block.start, verdict.block.end)
    if not verdict.ahead:
        nothing = _("No difference was found in the 28 days %(days)s.") % {"days": days}
        return f"{nothing} {decides}"
    said = _("%(first)s earned more shares per view than %(second)s.")
    ahead = [
        said % {"first": words.isolated(first), "second": words.isolated(second)}
        for first, second in verdict.ahead
    ]
    of = _("By the 28 days %(days)s:") % {"days": days}
    return " ".join([of, *ahead, decides])


def views_figures(views: ViewsTravel | None) -> list[Figure]:
    """Empty where the host doesn't say how often its things are seen."""
    if views is None:
        return []
    seen = _("%(number)s views") % {"number": words.number(views.views)}
    return [
        Figure(_("Shares per 1,000 views"), rate_text(views.shares_per_thousand_views), seen),
        Figure(
            _("Part of all views that came by shares"),
            rate_text(views.part_of_views, is_part=True),
            "",
        ),
    ]
