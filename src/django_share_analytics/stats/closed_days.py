"""Counts of days that are over, kept in the cache until one of them changes.

Everything is kept under the version of the closed days that the database remembers (see
:mod:`.state`), so that nothing has to be thrown away: after a change, nobody asks for the old
version again. Today is never kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import router

from django_share_analytics.counts import state
from django_share_analytics.events import utc_now
from django_share_analytics.models import SiteHour
from django_share_analytics.periods import DayRange, local_day, merged
from django_share_analytics.stats import caching
from django_share_analytics.stats.hours import Hours, read_hours, read_site_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime, tzinfo
    from uuid import UUID

    SiteDays = dict[date, dict[str, int]]
    """day → platform → shares."""

CLOSED_DAYS_VERSION = 2
"""Raised when the shape of what is kept changes."""
CACHE_SECONDS = 86_400
"""How long something is kept that nobody changes: tomorrow's questions are about other days."""


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The days before ``until``, as one database knew them at ``version``."""

    using: str
    """All counts of an answer are read here: a version says nothing of another replica's counts."""
    version: UUID | None
    until: date
    zone: tzinfo
    link_version: UUID | None = None
    """Of what became of shares: part of the question where that is asked, ``None`` until something
    becomes of the shares of a day that was over. See :func:`.state.link_days_version`."""
    retained_from: datetime | None = None
    """Shares from before it are gone, and their counts alone are left."""

    @classmethod
    def at(cls, now: datetime, zone: tzinfo) -> ClosedDays:
        """Reads the versions, so comes before everything that is read of the counts."""
        using = router.db_for_read(SiteHour)
        # Whatever a caller takes for now: a day that is not over is still being written.
        until = local_day(min(now, utc_now()), zone)
        version, link_version, retained_from = state.what_is_known(using)
        return cls(using, version, until, zone, link_version, retained_from)

    def part_of(self, period: DayRange) -> DayRange | None:
        """The days of the period that are closed."""
        end = min(period.end, self.until - timedelta(days=1))
        return replace(period, end=end) if end >= period.start else None

    def open_part_of(self, period: DayRange) -> DayRange | None:
        """The days of the period that are not."""
        start = max(period.start, self.until)
        return replace(period, start=start) if period.end >= start else None

    def site(self, ranges: Iterable[DayRange]) -> SiteDays:
        """The site's shares by day and platform: on the closed days of these ranges, and on more.

        Kept by the month, so that one period is of use to the next.
        """
        months = {self._key("site", month): month for month in self._months(ranges)}
        found: dict[str, SiteDays] = caching.get_many(months) if self.version else {}
        missing = {key: month for key, month in months.items() if key not in found}
        if missing:
            days = read_site_days(merged(missing.values()), self.zone, using=self.using)
            counted = {
                key: {day: days[day] for day in month if day in days}
                for key, month in missing.items()
            }
            self._keep(counted)
            found.update(counted)
        return {day: platforms for month in found.values() for day, platforms in month.items()}

    def hours(self, days: Iterable[date]) -> Hours:
        """The site's hours on these days, with one query at most; kept by the day if it is closed.

        Both sides of a comparison end in the middle of a day, the earlier one in a closed one.
        """
        days = set(days)
        keys = {day: self._key("hours", day) for day in days if day < self.until}
        kept = caching.get_many(keys.values()) if self.version else {}
        cells = {hour: n for day in kept.values() for hour, n in day.items()}
        missing = [day for day in days if keys.get(day) not in kept]
        if missing:
            read = read_hours(missing, self.zone, using=self.using)
            self._keep({keys[day]: read.on(day) for day in missing if day in keys})
            cells.update(read.cells)
        return Hours(cells, self.zone)

    def kept(self, make: Callable[[], Any], *question: object, seconds: int = CACHE_SECONDS) -> Any:
        """What ``make`` says of closed days alone, or said when it was asked the same before."""
        key = self._key(*question)
        found = caching.get_many([key]) if self.version else {}
        if key not in found:
            found = {key: make()}
            self._keep(found, seconds)
        return found[key]

    def _months(self, ranges: Iterable[DayRange]) -> Iterator[DayRange]:
        for period in merged(map(_whole_months, filter(None, map(self.part_of, ranges)))):
            start = period.start
            while start <= period.end:
                month = _whole_months(replace(period, start=start, end=start))
                yield self.part_of(month) or month
                start = month.end + timedelta(days=1)

    def _key(self, *question: object) -> str:
        # The version alone doesn't tell two databases apart of which one began as a copy.
        parts = (
            (part.start, part.end) if isinstance(part, DayRange) else part for part in question
        )
        return caching.make_key(
            "closed-days", CLOSED_DAYS_VERSION, self.using, self.version, str(self.zone), *parts
        )

    def _keep(self, values: dict[str, Any], seconds: int = CACHE_SECONDS) -> None:
        if self.version:
            caching.set_many(values, seconds)


def _whole_months(period: DayRange) -> DayRange:
    after = period.end.replace(day=28) + timedelta(days=4)
    return replace(
        period,
        start=period.start.replace(day=1),
        end=after.replace(day=1) - timedelta(days=1),
    )
