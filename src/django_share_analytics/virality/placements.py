"""What the buttons at each place on the pages did: how often they were seen and used, and what the
shares brought.

Observed, not caused: a button at the end of a page is seen by those who read that far.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Sum

from django_share_analytics.models import ImpressionDay, PlacementStepDay
from django_share_analytics.steps import SHARE, VISIT
from django_share_analytics.virality.cells import new_series
from django_share_analytics.virality.intervals import rate, rate_of_shares
from django_share_analytics.virality.results import NOTHING_KNOWN, PlacementTravel, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_share_analytics.periods import DayRange
    from django_share_analytics.virality.cohort import Cohort

    ByPlacement = Mapping[str, Sequence[int]]
    """placement → a number for each day, zeros included."""


@dataclass(frozen=True)
class PlacementDays:
    """What is counted of placements on some days."""

    shares: ByPlacement
    visits: ByPlacement
    """Within a window of the share, by the day of the share."""
    views: ByPlacement
    """Estimated. They can't be told by platform."""

    @cached_property
    def measured(self) -> list[bool]:
        """On which days views were measured of any placement."""
        return [sum(day) > 0 for day in zip(*self.views.values(), strict=True)]

    def per_view(self, placement: str) -> tuple[list[int], list[int]]:
        """The shares and the views of each day; of those alone on which views were measured."""
        used, seen = self.shares[placement], self.views[placement]
        shares = [n if is_so else 0 for n, is_so in zip(used, self.measured, strict=True)]
        return shares, list(seen)


def read_placements(cohort: Cohort, using: str) -> list[PlacementTravel]:
    """The placements that were shared at or seen on the matured days, with two queries.

    Ordered by the lower end of shares per view, then of visits per share; then by shares.
    """
    if cohort.matured is None:
        return []
    days = read_days(cohort.matured, cohort.window, using, cohort.question.platform)
    found = [_travel(name, days) for name in sorted({*days.shares, *days.visits, *days.views})]
    return sorted(found, key=_surest_first)


def read_days(
    period: DayRange, window: int, using: str, platform: str | None = None
) -> PlacementDays:
    """What is counted of each placement on these days, shares ``platform`` alone if one is named.

    :param window: of visits, in days since their share.
    """
    within = {"day__range": (period.start, period.end)}
    counted = {kind: new_series(period) for kind in (SHARE, VISIT)}
    steps = PlacementStepDay.objects.using(using).filter(
        **within, kind__in=list(counted), within__lte=window
    )
    by = ["day", "placement", "kind"]
    if platform is not None:
        steps, by = steps.filter(platform=platform), [*by, "platform"]
    grouped = steps.order_by().values_list(*by)
    for day, placement, kind, *names, n in grouped.annotate(total=Sum("n")):
        if names in ([], [platform]):  # MariaDB also finds "X" for "x"
            counted[kind][placement][(day - period.start).days] += n
    views = new_series(period)
    seen = ImpressionDay.objects.using(using).filter(**within)
    for day, placement, n in seen.values_list("day", "placement", "n"):
        views[placement][(day - period.start).days] += n
    return PlacementDays(counted[SHARE], counted[VISIT], views)


def _travel(name: str, days: PlacementDays) -> PlacementTravel:
    shares, visits, views = days.shares[name], days.visits[name], days.views[name]
    return PlacementTravel(
        placement=name,
        views=sum(views),
        shares=sum(shares),
        visits=sum(visits),
        shares_per_thousand_views=rate_per_view(days, name).times(1_000),
        visits_per_share=rate(visits, shares),
    )


def rate_per_view(days: PlacementDays, placement: str) -> Rate:
    """Shares per view; nothing is known where there are no views."""
    shares, views = days.per_view(placement)
    return rate_of_shares(shares, views) if any(views) else NOTHING_KNOWN


def _surest_first(travel: PlacementTravel) -> tuple[float, float, int]:
    per_view, per_share = travel.shares_per_thousand_views.low, travel.visits_per_share.low
    return -(per_view or 0.0), -(per_share or 0.0), -travel.shares
