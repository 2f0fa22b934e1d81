"""The one way to ask how far shares travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.stats.closed_days import ClosedDays
from django_share_analytics.steps import CONVERSION, PREVIEW, VISIT
from django_share_analytics.virality.apps import rank_travels, with_names
from django_share_analytics.virality.cascades import cascades_of
from django_share_analytics.virality.cohort import (
    DEFAULT_DAYS,
    DEFAULT_WINDOW,
    cohort_of,
    edges_of,
    is_over,
)
from django_share_analytics.virality.intervals import cycle_time
from django_share_analytics.virality.largest import MOST_VISITS, largest_share_of_visits
from django_share_analytics.virality.placements import read_placements
from django_share_analytics.virality.rates import multiplier_of, platforms_of, rates_of, weeks_of
from django_share_analytics.virality.reading import read_cells
from django_share_analytics.virality.results import Virality
from django_share_analytics.virality.verdicts import verdict_at
from django_share_analytics.virality.views import travel_of_views

if TYPE_CHECKING:
    from datetime import date, datetime

    from django_share_analytics.keys import AppOrKey
    from django_share_analytics.periods import DayRange
    from django_share_analytics.virality.cells import Cells
    from django_share_analytics.virality.cohort import Cohort

KEPT_VERSION = 1
"""Raised when the shape of what is kept changes."""
KEPT_SECONDS = 600
NOT_OF_AN_APP: dict[str, Any] = dict.fromkeys(
    ("cycle_time", "previews", "visits_in", "goals", "apps", "placements")
)
"""What is counted of the site alone."""


def share_virality(
    *,
    days: int = DEFAULT_DAYS,
    window: int = DEFAULT_WINDOW,
    start: date | None = None,
    end: date | None = None,
    platform: str | None = None,
    app: AppOrKey | None = None,
    now: datetime | None = None,
) -> Virality:
    """How far shares travelled: what became of them within ``window`` days (1, 7 or 30).

    Of the ``days`` days that ended a window ago; or of those from ``start`` to ``end`` that did.
    ``platform`` (a stored name) and ``app`` (an object or a key) narrow them down. Where shares
    have no links, nothing became of them.

    :raises InvalidShare: ``app`` is neither an object of the shared model nor a key.
    :raises ValueError: the range has no day, or only one end; or there is no such window.
    """
    return travel_of(
        cohort_of(
            days=days,
            window=window,
            start=start,
            end=end,
            platform=platform,
            app=app,
            now=now,
        )
    )


def travel_of(cohort: Cohort) -> Virality:
    """The same for a cohort.

    What is counted of it can't change unless a day does that is over, and is kept until then.
    """
    matured, question = cohort.matured, cohort.question
    if matured is None:
        return Virality(cohort=cohort, **({} if question.app is None else NOT_OF_AN_APP))
    closed = ClosedDays.at(question.now, matured.zone)
    counted = dict(_counted(cohort, matured, closed))
    if counted["apps"] is not None:
        counted["apps"] = with_names(counted["apps"], closed.using)
    visits = counted["reach"].visits
    if visits > MOST_VISITS:  # as find_cascades has found it, which it may do again at any time
        counted["largest_share_of_visits"] = largest_share_of_visits(cohort, visits, closed)
    series = counted.pop("daily")
    return Virality(
        cohort=cohort,
        **{**counted, **_placements(cohort, closed)},
        views=travel_of_views(cohort, *series),
        cascades=cascades_of(cohort, closed),
    )


def _placements(cohort: Cohort, closed: ClosedDays) -> dict[str, Any]:
    """Where buttons are, which is not counted of single apps; a verdict is about all platforms.

    Kept for some minutes: impressions of days that are over may still come, and no version says so.
    """
    question = cohort.question
    if question.app is not None:
        return {}

    def read() -> dict[str, Any]:
        is_of_all = question.platform is None
        return {
            "placements": read_placements(cohort, closed.using),
            "verdict": verdict_at(question.now, closed.using) if is_of_all else None,
        }

    if not is_over(cohort, closed.until):
        return read()
    parts = (cohort.window, cohort.matured, question.platform, question.today)
    kept: dict[str, Any] = closed.kept(
        read, "placements", KEPT_VERSION, closed.link_version, *parts, seconds=KEPT_SECONDS
    )
    return kept


def _counted(cohort: Cohort, matured: DayRange, closed: ClosedDays) -> dict[str, Any]:
    def count() -> dict[str, Any]:
        return _count(cohort, matured, closed)

    if not is_over(cohort, closed.until):
        return count()
    question = cohort.question
    parts = (cohort.window, matured, question.platform, question.app)
    kept: dict[str, Any] = closed.kept(count, "virality", KEPT_VERSION, closed.link_version, *parts)
    return kept


def _count(cohort: Cohort, matured: DayRange, closed: ClosedDays) -> dict[str, Any]:
    """All that the counts say of the matured days; names of apps are read by who shows them."""
    apps = [] if cohort.question.app is not None else rank_travels(cohort, matured, closed.using)
    cells = read_cells(cohort, matured, closed)
    reach = cells.reach()
    is_counted = reach.visits <= MOST_VISITS
    largest = largest_share_of_visits(cohort, reach.visits, closed) if is_counted else None
    answer = {
        "reach": reach,
        "largest_share_of_visits": largest,
        "rates": rates_of(cells),
        "multiplier": multiplier_of(reach),
        "platforms": platforms_of(cells),
        "weeks": weeks_of(cells),
        "daily": (cells.shares_on(), cells.steps_of(VISIT)),
    }
    if cohort.question.app is not None:
        return {**answer, **NOT_OF_AN_APP}
    return {**answer, **_of_the_site(cohort, cells), "apps": apps}


def _of_the_site(cohort: Cohort, cells: Cells) -> dict[str, Any]:
    return {
        "cycle_time": cycle_time(cells.ages, edges_of(cohort.window)),
        "previews": cells.by_detail(PREVIEW),
        "visits_in": cells.by_detail(VISIT),
        "goals": cells.by_detail(CONVERSION),
    }
