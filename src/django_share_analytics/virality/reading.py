"""Where the cells of a cohort are read: of the site by age, of an app by window."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from django_share_analytics.models import AppStepDay, SiteStepDay
from django_share_analytics.stats.app_days import read_app_days
from django_share_analytics.stats.hours import read_site_days
from django_share_analytics.steps import RESHARE, STORED
from django_share_analytics.virality.cells import Cells, new_series
from django_share_analytics.virality.cohort import edges_of, is_over

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.closed_days import ClosedDays
    from django_share_analytics.virality.cohort import Cohort


def read_cells(cohort: Cohort, matured: DayRange, closed: ClosedDays) -> Cells:
    """Of the site three queries, of an app two; none of them depends on how much there is.

    Steps come before the shares: of shares that come meanwhile there are none then.
    """
    if cohort.question.app is None:
        return _site_cells(cohort, matured, closed)
    return _app_cells(cohort, matured, closed.using)


def _site_cells(cohort: Cohort, matured: DayRange, closed: ClosedDays) -> Cells:
    platform, edges = cohort.question.platform, edges_of(cohort.window)
    rows = SiteStepDay.objects.using(closed.using).filter(
        day__range=(matured.start, matured.end), age__lt=len(edges)
    )
    if platform is not None:
        rows = rows.filter(platform=platform)
    steps: defaultdict[tuple[str, str], list[int]] = new_series(matured)
    details: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for day, name, kind, detail, n in _summed(rows, "day", "platform", "kind", "detail"):
        # The platform is told here, too: MariaDB also finds "X" for "x".
        if platform in (None, name):
            steps[name, kind][(day - matured.start).days] += n
            details[kind][detail] += n
    ages = [[0] * len(edges) for _ in matured]
    by = ("day", "age") if platform is None else ("day", "age", "platform")
    for day, age, *names, n in _summed(rows.filter(kind=RESHARE), *by):
        if names in ([], [platform]):
            ages[(day - matured.start).days][age] += n
    return Cells(
        period=matured,
        shares=_shares(_site_days(cohort, matured, closed), matured, platform),
        steps=dict(steps),
        details={kind: dict(counts) for kind, counts in details.items()},
        ages=ages,
    )


def _summed(rows: QuerySet[SiteStepDay], *by: str) -> QuerySet[Any, Any]:
    return rows.values_list(*by).annotate(total=Sum("n")).order_by()


def _site_days(
    cohort: Cohort, matured: DayRange, closed: ClosedDays
) -> Mapping[date, Mapping[str, int]]:
    if is_over(cohort, closed.until):
        return closed.site([matured])
    return read_site_days([matured], closed.zone, using=closed.using)


def _app_cells(cohort: Cohort, matured: DayRange, using: str) -> Cells:
    key, platform = cohort.question.app, cohort.question.platform
    rows = AppStepDay.objects.using(using).filter(
        app_platform__app=key,
        day__range=(matured.start, matured.end),
        within__lte=cohort.window,
    )
    sums = rows.values_list("day", "app_platform__platform").annotate(*map(Sum, STORED)).order_by()
    steps: defaultdict[tuple[str, str], list[int]] = new_series(matured)
    for day, name, *counts in sums:
        if platform in (None, name):
            for kind, n in zip(STORED, counts, strict=True):
                steps[name, kind][(day - matured.start).days] += n
    days = read_app_days(key, [matured], using).days
    return Cells(period=matured, shares=_shares(days, matured, platform), steps=dict(steps))


def _shares(
    days: Mapping[date, Mapping[str, int]], matured: DayRange, platform: str | None
) -> dict[str, list[int]]:
    shares: defaultdict[str, list[int]] = new_series(matured)
    for number, day in enumerate(matured):
        for name, n in days.get(day, {}).items():
            if platform in (None, name):
                shares[name][number] = n
    return dict(shares)
