"""Shares by day and platform: the table from which every sum of an answer is made.

Totals, daily series and platforms are sums over the same cells, so that they agree with each other
whatever is written while they are read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.periods import DayRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

TOTALS_DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class DayCount:
    """The shares of a day."""

    date: date
    count: int


@dataclass(frozen=True, slots=True)
class Ledger:
    days: Mapping[date, Mapping[str, int]]
    """day → platform → shares; days and platforms without shares may be left out."""

    def on(self, platform: str | None) -> Ledger:
        """The shares on one platform; all of them for ``None``."""
        if platform is None:
            return self
        return Ledger({day: {platform: by.get(platform, 0)} for day, by in self.days.items()})

    def total(self, period: DayRange) -> int:
        return sum(day.count for day in self.daily(period))

    def daily(self, period: DayRange) -> list[DayCount]:
        """Every day of the period, with 0 for a day without shares."""
        return [DayCount(day, sum(self.days.get(day, {}).values())) for day in period]

    def platforms(self, period: DayRange) -> dict[str, int]:
        """Shares by platform, most shared first; only platforms with shares."""
        return most_first(self.days.get(day, {}) for day in period)

    def totals(self, today: date, zone: tzinfo) -> dict[int, int]:
        """Shares of the last 7, 30 and 90 days."""
        return {
            days: self.total(DayRange.last(days, today=today, zone=zone)) for days in TOTALS_DAYS
        }


def most_first(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counts summed up by name, most first and then by name; without zeros."""
    sums: Counter[str] = Counter()
    for by_name in counts:
        sums.update(by_name)
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return {name: n for name, n in ranked if n > 0}


def percentages(counts: Mapping[str, int], places: int = 1) -> dict[str, float]:
    """The counts in per cent of their sum, rounded so that they add up to exactly 100.

    By largest remainder: all are rounded down, and what is missing goes to those that lost most.
    Nothing to share out makes ``0.0`` of everything.
    """
    total = sum(counts.values())
    if total <= 0:
        return dict.fromkeys(counts, 0.0)
    unit = 10**places
    parts = {name: divmod(n * 100 * unit, total) for name, n in counts.items()}
    missing = 100 * unit - sum(whole for whole, _ in parts.values())
    most_lost = sorted(parts, key=lambda name: -parts[name][1])[:missing]
    return {name: (parts[name][0] + (name in most_lost)) / unit for name in counts}
