"""The statistics once more, as a plain count over rows in Python: what the real ones must equal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django_share_analytics.stats.rankings import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Row:
    """A share: when, on which platform, of which app."""

    when: datetime
    platform: str
    app: Any

    def day(self, zone: ZoneInfo) -> date:
        return self.when.astimezone(zone).date()


@dataclass(frozen=True)
class Reference:
    """The rows that the filters leave, asked for the days from ``start`` to ``end``."""

    rows: list[Row]
    zone: ZoneInfo
    start: date
    end: date
    now: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start + timedelta(days=1)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def within(self, start: date, end: date) -> list[Row]:
        return [row for row in self.rows if start <= row.day(self.zone) <= end]

    @property
    def inside(self) -> list[Row]:
        return self.within(self.start, self.end)

    def daily(self) -> dict[date, int]:
        return Counter(row.day(self.zone) for row in self.inside)

    def platforms(self) -> dict[str, int]:
        return Counter(row.platform for row in self.inside)

    def totals(self) -> dict[int, int]:
        return {
            days: len(self.within(self.today - timedelta(days=days - 1), self.today))
            for days in (7, 30, 90)
        }

    def by_app(self, rows: Iterable[Row]) -> Counter[Any]:
        return Counter(row.app for row in rows)

    def complete_days(self) -> tuple[list[Row], list[Row]]:
        """Both sides of a comparison by days: the ones before, and the current ones."""
        back = max(timedelta(0), self.end - (self.today - timedelta(days=1)))
        start, end = self.start - back, self.end - back
        return self.within(start - self.length, end - self.length), self.within(start, end)

    def hourly_sides(self) -> tuple[list[Row], list[Row]]:
        """Both sides of a comparison by hours: up to the last complete hour of today."""
        before = self.within(self.start - self.length, self.end - self.length)
        if self.today > self.end:
            return before, self.inside
        full_hour = time(self.now.astimezone(self.zone).hour)
        until = datetime.combine(self.today, full_hour)
        return (
            [row for row in before if self.wall(row) < until - self.length],
            [row for row in self.inside if self.wall(row) < until],
        )

    def wall(self, row: Row) -> datetime:
        """What the clock on the wall shows."""
        return row.when.astimezone(self.zone).replace(tzinfo=None)

    def hourly(self) -> list[int]:
        """The shares of each hour in turn: hours that come twice are two."""
        rows = Counter(self.hour(row.when) for row in self.inside)
        hours, instant = {}, datetime.combine(self.start, time(), self.zone).timestamp()
        last = datetime.combine(self.end + timedelta(days=1), time(), self.zone).timestamp()
        while instant < last:
            start = datetime.fromtimestamp(instant, self.zone)
            if start <= self.now or rows[self.hour(start)]:
                hours[self.hour(start)] = rows[self.hour(start)]
            instant += QUARTER.total_seconds()
        return list(hours.values())

    def hour(self, when: datetime) -> tuple[date, int, timedelta | None]:
        """An hour that the clock shows, told from the same one after a change by its offset."""
        local = when.astimezone(self.zone)
        return local.date(), local.hour, local.utcoffset()

    def hour_of_week(self) -> list[list[int]]:
        counts = [[0] * 24 for _ in range(7)]
        for row in self.inside:
            local = row.when.astimezone(self.zone)
            counts[local.weekday()][local.hour] += 1
        return counts

    def rising(self) -> list[tuple[Any, int, int]]:
        """(app, count, count before) of those that grow; fastest first."""
        before, current = map(self.by_app, self.complete_days())
        growing = [(app, n, before[app]) for app, n in current.items() if n > before[app]]
        return sorted(growing, key=lambda row: (-_rise(row[1], row[2]), -row[1]))


def _rise(n: int, before: int) -> float:
    return (n + EVIDENCE) / (before + EVIDENCE)
