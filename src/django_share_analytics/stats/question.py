"""What is asked of the statistics, as one thing that is handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import get_settings
from django_share_analytics.events import utc_now
from django_share_analytics.keys import app_key
from django_share_analytics.periods import DayRange, local_day, merged
from django_share_analytics.stats.days import TOTALS_DAYS
from django_share_analytics.stats.hours import MAX_HOURLY_DAYS
from django_share_analytics.stats.period import make_period

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django_share_analytics.keys import AppOrKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One range of days, one platform or all, one app or all: what every number is about."""

    period: DayRange
    now: datetime
    days: int | None = None
    """The last so many days with today, where these were asked for; else ``None``."""
    platform: str | None = None
    """A stored name."""
    app: Any = None
    """A key of the shared model."""
    compare: bool = True
    """Whether with the period before; without, no app rises either."""
    limit: int = 10
    """How many apps a ranking has."""
    headlines: tuple[int, ...] = ()
    """The last so many days each, that are told the total of beside the period."""

    @property
    def today(self) -> date:
        return local_day(self.now, self.period.zone)

    @property
    def label(self) -> str:
        """Such as "Last 30 days": for programs, so the same in every language."""
        if self.days is None:
            return f"{self.period.start} to {self.period.end}"
        return f"Last {self.days} days" if self.days > 1 else "Last 1 day"

    @property
    def is_hourly(self) -> bool:
        """Whether there is a series by hour: a longer period has none, nor has an app."""
        return self.app is None and self.period.days <= MAX_HOURLY_DAYS

    @property
    def complete(self) -> DayRange:
        """The period; or, if it has today, as many days that end yesterday."""
        return self.period.ending_before(self.today)

    def last(self, days: int) -> DayRange:
        """The last so many days with today."""
        return DayRange.last(days, today=self.today, zone=self.period.zone)

    @property
    def periods(self) -> list[DayRange]:
        """All that are told the total of: the period, and those of the headlines."""
        return [self.period, *map(self.last, self.headlines)]

    def days_to_read(self, *others: DayRange) -> list[DayRange]:
        """The days that an answer needs to know, in as few ranges as can be."""
        before = [days.before() for days in self.periods] if self.compare else []
        return merged([self.last(max(TOTALS_DAYS)), *self.periods, *before, *others])


def make_question(
    *,
    days: int = 30,
    start: date | None = None,
    end: date | None = None,
    app: AppOrKey | None = None,
    platform: str | None = None,
    headlines: Iterable[int] = (),
    now: datetime | None = None,
    **others: Any,
) -> Question:
    """The question that :func:`.share_stats` is asked in these words.

    :raises InvalidShare: ``app`` is neither an object of the shared model nor a key.
    :raises ValueError: the range has no day, or only one end.
    """
    now = now or utc_now()
    return Question(
        period=make_period(days=days, start=start, end=end, now=now),
        now=now,
        days=days if start is None else None,
        app=None if app is None else app_key(app),
        platform=None if platform is None else get_settings().platforms.name_of(platform),
        headlines=tuple(headlines),
        **others,
    )
