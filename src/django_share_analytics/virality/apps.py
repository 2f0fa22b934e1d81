"""Which apps bring people: visits per share of those that may be first, and of any that are asked.

The rate of an app takes its days. Of many apps nobody wants to read these, so that a simple bound
says first which of them have a chance.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from heapq import nlargest
from math import sqrt
from typing import TYPE_CHECKING, Any

from django.db import router
from django.db.models import F, Q, Sum

from django_share_analytics.host.names import names_of_apps
from django_share_analytics.models import (
    AppCount,
    AppDay,
    AppPlatformCount,
    AppPlatformDay,
    AppStepDay,
)
from django_share_analytics.sql.functions import IsAmong
from django_share_analytics.stats.app_sums import AppSums
from django_share_analytics.virality.cells import new_series
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.virality.intervals import FEWEST_EVENTS, FEWEST_SHARES, rate
from django_share_analytics.virality.rates import surest_first
from django_share_analytics.virality.results import AppTravel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import Model, QuerySet

    from django_share_analytics.periods import DayRange
    from django_share_analytics.virality.cohort import Cohort
    from django_share_analytics.virality.results import Rate

MOST_APPS = 10
"""Apps of an answer."""
BY_BOUND = 30
"""Of the apps with the best simple bound so many are looked at day by day, and of those with the
most visits as many as an answer has."""
LOOKED_AT = 1_000
"""Of so many apps, the most shared ones, the visits are read at most."""
ALWAYS_LOOKED_AT = 100
"""Of so many, however seldom they were shared: they are told even where no rate is known."""


def rank_travels(cohort: Cohort, matured: DayRange, using: str) -> list[AppTravel]:
    """The apps with the surest visits per share, still without names; six queries at most."""
    days = _Days(cohort, matured, using)
    shares = days.most_shared()
    often = sum(n >= FEWEST_SHARES for n in shares.values())
    visits = days.visits_of(list(shares)[: max(often, ALWAYS_LOOKED_AT)])
    travels = days.travels(_promising(visits, shares))
    return surest_first(travels.values())[:MOST_APPS]


def travels_of_apps(
    keys: Iterable[Any], cohort: Cohort, matured: DayRange, using: str
) -> dict[Any, AppTravel]:
    """What the shares of each of these apps brought, without their names; two queries."""
    return _Days(cohort, matured, using).travels(list(keys))


def visits_per_share(keys: Iterable[Any], now: datetime | None = None) -> dict[Any, Rate]:
    """Of each of these apps, as :func:`.share_virality` says it unless days are asked for; two
    queries. ``keys`` are as the database has them."""
    cohort = cohort_of(now=now)
    if cohort.matured is None:
        return {}
    using = router.db_for_read(AppStepDay)
    travels = travels_of_apps(keys, cohort, cohort.matured, using)
    return {key: travel.visits_per_share for key, travel in travels.items()}


def _promising(visits: Mapping[Any, int], shares: Mapping[Any, int]) -> list[Any]:
    """The apps that may be among the first; ``visits`` has those with the most visits first."""
    shared = [key for key in visits if key in shares]
    sure = (key for key in shared if shares[key] >= FEWEST_SHARES and visits[key] >= FEWEST_EVENTS)
    # The lower end of a Poisson interval, with the square root's steady variance.
    best = nlargest(BY_BOUND, sure, key=lambda key: (sqrt(visits[key]) - 1) ** 2 / shares[key])
    return list(dict.fromkeys([*best, *shared[:MOST_APPS]]))


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of apps, with what happened within the window."""

    cohort: Cohort
    matured: DayRange
    using: str

    @property
    def of_shares(self) -> type[Model]:
        """Sorted by day where all platforms are asked for, so that other days aren't read."""
        return AppDay if self.cohort.question.platform is None else AppPlatformDay

    def travels(self, keys: Sequence[Any]) -> dict[Any, AppTravel]:
        # Before the shares: of those that come meanwhile there are no visits then.
        visits = self._series(AppStepDay, "visit", keys)
        shares = self._series(self.of_shares, "n", keys)
        return {
            key: AppTravel(key, "", sum(ours), sum(theirs), rate(theirs, ours))
            for key in keys
            for ours, theirs in [(shares[key], visits[key])]
        }

    def most_shared(self) -> dict[Any, int]:
        """The shares of ``LOOKED_AT`` apps, those with most of them first."""
        if self.cohort.question.platform is not None:
            return self._most(AppPlatformDay, "n")
        # Apps are joined when they are few: with all days of all apps that took a third longer.
        found = AppSums(None, self.using).largest(self.matured, LOOKED_AT)
        keys = dict(
            AppCount.objects.using(self.using).filter(pk__in=found).values_list("pk", "app")
        )
        return {keys[pk]: n for pk, n in found.items() if pk in keys}

    def visits_of(self, keys: Sequence[Any]) -> dict[Any, int]:
        """The visits of these apps, those with most of them first; not those without any.

        Of each platform by its key: what became of shares is sorted by these, and by day within.
        Joined, all days of all apps were read, which took twice as long.
        """
        pairs = AppPlatformCount.objects.using(self.using).filter(app__in=keys)
        columns = ["pk", "app"]
        if (platform := self.cohort.question.platform) is not None:
            pairs, columns = pairs.filter(platform=platform), [*columns, "platform"]
        rows: Iterable[tuple[Any, ...]] = pairs.values_list(*columns)
        apps = {pk: key for pk, key, *name in rows if self._is_asked(name)}
        visits: Counter[Any] = Counter()
        if apps:
            steps = self._rows(AppStepDay, "visit").filter(IsAmong(F("app_platform_id"), apps))
            sums = steps.values_list("app_platform_id").annotate(total=Sum("visit"))
            for pk, n in sums.order_by():
                visits[apps[pk]] += n
        some = [(key, n) for key, n in visits.items() if n > 0]
        return dict(sorted(some, key=lambda item: (-item[1], str(item[0]))))

    def _most(self, model: type[Model], column: str) -> dict[Any, int]:
        """The sums by app, the largest first; not those without any."""
        found = self._summed(model, column, None).order_by("-total", _app_of(model))[:LOOKED_AT]
        return {key: n for key, *platform, n in found if n > 0 and self._is_asked(platform)}

    def _series(
        self, model: type[Model], column: str, keys: Iterable[Any]
    ) -> Mapping[Any, list[int]]:
        series = new_series(self.matured)
        rows = self._summed(model, column, keys, "day")
        if model is AppDay:
            # Sorted by day: each of the few apps is looked up on each day, and no other is read.
            rows = rows.filter(day__in=list(self.matured))
        for key, *platform, day, n in rows:
            if self._is_asked(platform):
                series[key][(day - self.matured.start).days] = n
        return series

    def _summed(
        self, model: type[Model], column: str, keys: Iterable[Any] | None, *by: str
    ) -> QuerySet[Any, Any]:
        rows = self._rows(model, column)
        if keys is not None:
            rows = rows.filter(**{f"{_app_of(model)}__in": list(keys)})
        if (platform := self.cohort.question.platform) is not None:
            rows, by = rows.filter(app_platform__platform=platform), ("app_platform__platform", *by)
        grouped = rows.values_list(_app_of(model), *by)
        sums: QuerySet[Any, Any] = grouped.annotate(total=Sum(column)).order_by()
        return sums

    def _rows(self, model: type[Model], column: str) -> QuerySet[Any, Any]:
        # Most days of an app have no visits: without them there is half as much to be joined.
        rows: QuerySet[Any, Any] = model._base_manager.using(self.using).filter(
            ~Q(**{column: 0}), day__range=(self.matured.start, self.matured.end)
        )
        return rows.filter(within__lte=self.cohort.window) if model is AppStepDay else rows

    def _is_asked(self, platform: list[str]) -> bool:
        """MariaDB also finds "X" for "x"."""
        return platform in ([], [self.cohort.question.platform])


def _app_of(model: type[Model]) -> str:
    return "app_count__app" if model is AppDay else "app_platform__app"


def with_names(travels: Iterable[AppTravel], using: str) -> list[AppTravel]:
    """The apps that are still there, with their names as this reader's language has them."""
    travels = list(travels)
    names = names_of_apps([travel.app_id for travel in travels], using) if travels else {}
    return [
        replace(travel, app_name=names[travel.app_id])
        for travel in travels
        if travel.app_id in names
    ]
