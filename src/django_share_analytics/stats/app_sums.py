"""Sums over the days of all apps, by the integer key that stands for an app in its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q, Sum, Value

from django_share_analytics.host.names import names_in
from django_share_analytics.models import AppCount, AppDay, AppPlatformCount, AppPlatformDay
from django_share_analytics.stats.app_days import sum_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from django.db.models import QuerySet

    from django_share_analytics.periods import DayRange


PAGE = 50_000
"""Apps that are read with one query. MariaDB's driver hands all rows of a query over at once."""


class Sums(NamedTuple):
    """The shares of an app: in a period, and on both sides of its comparison."""

    id: int
    shares: int
    compared: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class AppSums:
    """Reads the days of all apps, on all platforms or on one.

    By the integer key alone: joining the apps before they are ranked would cost most of the time.
    """

    platform: str | None
    using: str

    def both_sides(self, period: DayRange | None, complete: DayRange | None) -> Iterator[Sums]:
        """Every app with shares in ``period``, in ``complete`` or in the days before that."""
        before = complete and complete.before()
        ranges = [days for days in (period, complete, before) if days]
        if not ranges:
            return iter(())
        first, last = min(days.start for days in ranges), max(days.end for days in ranges)
        sums = {"in_period": period, "compared": complete, "before": before}
        rows = self._grouped(
            self._days.filter(day__range=(first, last)),
            **{name: sum_of(days) if days else Value(0) for name, days in sums.items()},
        )
        return (Sums(*row) for row in self.pages(rows))

    def pages(self, grouped: QuerySet[Any]) -> Iterator[tuple[int, ...]]:
        """The rows by integer key, some in memory at a time, and with no cursor left open."""
        page = grouped.order_by(self.column)
        while rows := list(page[:PAGE]):
            yield from rows
            if len(rows) < PAGE:
                return
            page = grouped.filter(**{f"{self.column}__gt": rows[-1][0]}).order_by(self.column)

    def totals(self, period: DayRange, ids: Collection[int], at_least: int = 0) -> dict[int, int]:
        """The shares of these apps; also of others, that have ``at_least`` so many, if given."""
        rows = self._days.filter(day__range=(period.start, period.end))
        if not at_least:
            return dict(self._grouped(rows.filter(**{f"{self.column}__in": ids}), total=Sum("n")))
        if self.platform is not None:
            # The days of a platform are sorted by app: which apps to look for is known elsewhere.
            shared = AppDay.objects.using(self.using).filter(day__range=(period.start, period.end))
            rows = rows.filter(app_platform__app__in=shared.values("app_count__app"))
        wanted = Q(**{f"{self.column}__in": ids}) | Q(total__gte=at_least)
        return dict(self._grouped(rows, total=Sum("n")).filter(wanted))

    def largest(self, period: DayRange, limit: int) -> dict[int, int]:
        """The shares of the most shared apps, the largest first; none without any."""
        rows = self._days.filter(~Q(n=0), day__range=(period.start, period.end))
        sums = self._grouped(rows, total=Sum("n")).filter(total__gt=0)
        return dict(sums.order_by("-total", self.column)[:limit])

    def names(self, ids: Iterable[int]) -> dict[int, tuple[Any, str]]:
        """The key and the name of each app that is still there."""
        model: Any = AppCount if self.platform is None else AppPlatformCount
        return names_in(model.objects.using(self.using).filter(pk__in=list(ids)))

    @property
    def column(self) -> str:
        """The column of the integer key."""
        return "app_count_id" if self.platform is None else "app_platform_id"

    @property
    def _days(self) -> QuerySet[Any]:
        if self.platform is None:
            return AppDay.objects.using(self.using)
        days = AppPlatformDay.objects.using(self.using)
        return days.filter(app_platform__platform=self.platform)

    def _grouped(self, rows: QuerySet[Any], **sums: Any) -> QuerySet[Any]:
        grouped: QuerySet[Any] = rows.values_list(self.column).annotate(**sums).order_by()
        return grouped
