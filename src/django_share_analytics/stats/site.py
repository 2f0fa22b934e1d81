"""The answer about the whole site, or about one platform: from its days and the hours of some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django_share_analytics.periods import day_start
from django_share_analytics.stats.closed_days import ClosedDays
from django_share_analytics.stats.comparison import Comparison, Cut, cut_of
from django_share_analytics.stats.days import Ledger
from django_share_analytics.stats.hours import hour_of_week
from django_share_analytics.stats.rankings import rank_apps
from django_share_analytics.stats.results import put_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.hours import HourCount, Hours
    from django_share_analytics.stats.question import Question
    from django_share_analytics.stats.rankings import AppRank, RisingApp
    from django_share_analytics.stats.results import ShareStats


@dataclass(frozen=True, slots=True)
class Site:
    """What was read for an answer, and what it says of a period."""

    question: Question
    closed: ClosedDays
    ranked: tuple[list[AppRank], list[RisingApp]]
    every_platform: Ledger
    ledger: Ledger
    """On the platform that is asked for."""
    hours: Hours

    def stats(self) -> ShareStats:
        """The answer."""
        question = self.question
        most, rising = self.ranked
        return put_together(
            question,
            self.every_platform,
            [self.comparison(days) for days in question.periods],
            most_shared_apps=most,
            rising_apps=rising,
            hourly=self.hourly(question.period),
            previous_hourly=self.hourly(question.period.before()) if question.compare else None,
        )

    def week(self) -> list[list[int]]:
        """:func:`.hour_of_week` of the period: one query, or none when the cache has it."""
        period, platform = self.question.period, self.question.platform
        tables = []
        if is_over := self.closed.part_of(period):

            def read() -> list[list[int]]:
                return hour_of_week(is_over, platform, using=self.closed.using)

            tables.append(self.closed.kept(read, "week", platform, is_over))
        if is_open := self.closed.open_part_of(period):
            tables.append(self.hours.of_week(is_open, platform))
        return [[sum(hour) for hour in zip(*day, strict=True)] for day in zip(*tables, strict=True)]

    def hourly(self, period: DayRange) -> list[HourCount] | None:
        question = self.question
        if not question.is_hourly:
            return None
        return self.hours.series(period, question.platform, question.now)

    def comparison(self, period: DayRange) -> Comparison | None:
        """Both sides up to the hour that is complete now."""
        if not self.question.compare:
            return None
        before, cut = period.before(), cut_of(period, self.question.now)
        if cut is None:
            sides = self.ledger.total(before), self.ledger.total(period)
        else:
            sides = (
                self._total_until(before, cut.previous_day, cut.previous_until),
                self._total_until(period, cut.day, cut.until),
            )
        return Comparison(
            start=before.start,
            end=before.end,
            total=sides[0],
            compared_total=sides[1],
            compared_from=period.lower,
            compared_until=cut.until if cut else period.upper,
        )

    def _total_until(self, period: DayRange, day: date, instant: datetime) -> int:
        """The days of the period before ``day``, and the hours of that day before ``instant``."""
        midnight = day_start(day, period.zone)
        whole_days = self.ledger.total(replace(period, end=day - timedelta(days=1)))
        return whole_days + self.hours.total(self.question.platform, midnight, instant)


def read_site(question: Question) -> Site:
    """Six queries; four when the cache has what closed days say."""
    closed = ClosedDays.at(question.now, question.period.zone)
    # Ranked first: what is written meanwhile is in the total, which no app can then exceed.
    ranked = rank_apps(question, closed)
    ranges = question.days_to_read()
    by_hour = _days_by_hour(question, closed, ranges)
    hours = closed.hours(by_hour)
    every = Ledger({**closed.site(ranges), **hours.by_day(by_hour)})
    return Site(question, closed, ranked, every, every.on(question.platform), hours)


def _days_by_hour(question: Question, closed: ClosedDays, ranges: Iterable[DayRange]) -> set[date]:
    """The days whose hours an answer needs to know; today among them, which is never kept."""
    whole = [part for part in map(closed.open_part_of, ranges) if part]
    if question.is_hourly:
        whole.append(question.period)
        whole += [question.period.before()] if question.compare else []
    return {*_last_days(question), *(day for days in whole for day in days)}


def _last_days(question: Question) -> Sequence[date]:
    """The days at whose hours both sides of a comparison end."""
    if not question.compare:
        return []
    cuts: list[Cut | None] = [cut_of(days, question.now) for days in question.periods]
    return [day for cut in cuts if cut for day in (cut.day, cut.previous_day)]
