"""Rates of cells: of all of them, by platform and by week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django_share_analytics.steps import CLICK, CONVERSION, REACHED, RESHARE, VISIT
from django_share_analytics.virality.intervals import rate
from django_share_analytics.virality.results import AppTravel, PlatformTravel, Rates, WeekTravel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_share_analytics.stats import Reach
    from django_share_analytics.virality.cells import Cells

Travel = TypeVar("Travel", AppTravel, PlatformTravel)
DAYS_OF_WEEK = 7


def rates_of(cells: Cells) -> Rates:
    shares, visits = cells.shares_on(), cells.steps_of(VISIT)
    reshares, conversions = cells.steps_of(RESHARE), cells.steps_of(CONVERSION)
    return Rates(
        active_shares=rate(cells.steps_of(REACHED), shares, is_proportion=True),
        clicks_per_share=rate(cells.steps_of(CLICK), shares),
        visits_per_share=rate(visits, shares),
        reshare_rate=rate(reshares, visits, shares),
        reproduction=rate(reshares, shares),
        conversions_per_100_shares=rate(conversions, shares).times(100),
    )


def multiplier_of(reach: Reach) -> float | None:
    """Shares per root share; ``None`` where re-shares are as many as shares, or either is none or
    has drifted."""
    if not 0 <= reach.reshares < reach.shares:
        return None
    return 1 / (1 - reach.reshares / reach.shares)


def platforms_of(cells: Cells) -> list[PlatformTravel]:
    """The platforms that were shared on."""
    found = []
    for platform, shares in cells.shares.items():
        visits = cells.steps_of(VISIT, platform)
        if total := sum(shares):
            travel = PlatformTravel(platform, total, sum(visits), rate(visits, shares))
            found.append(travel)
    return surest_first(sorted(found, key=lambda travel: travel.platform))


def weeks_of(cells: Cells) -> list[WeekTravel]:
    """Whole weeks, counted back from the last day."""
    shares, visits, days = cells.shares_on(), cells.steps_of(VISIT), list(cells.period)
    weeks = []
    for start in range(len(days) % DAYS_OF_WEEK, len(days), DAYS_OF_WEEK):
        week = slice(start, start + DAYS_OF_WEEK)
        weeks.append(
            WeekTravel(
                days[start],
                days[start] + timedelta(days=DAYS_OF_WEEK - 1),
                sum(shares[week]),
                sum(visits[week]),
                rate(visits[week], shares[week]),
            )
        )
    return weeks


def surest_first(travels: Iterable[Travel]) -> list[Travel]:
    """Ordered by the lower end of visits per share; those without one come after, by visits."""

    def place(travel: Travel) -> tuple[bool, float, int]:
        low = travel.visits_per_share.low
        return low is None, -(low or 0), -travel.visits

    return sorted(travels, key=place)
