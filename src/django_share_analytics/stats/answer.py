"""One answer: a period's totals, trend, platforms and rankings, beside the period before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django_share_analytics.events import utc_now
from django_share_analytics.keys import app_key
from django_share_analytics.periods import DayRange, day_start, merged
from django_share_analytics.stats.app_days import (
    app_names,
    read_app_days,
)
from django_share_analytics.stats.closed_days import ClosedDays
from django_share_analytics.stats.comparison import Comparison, Cut, compare_days, cut_of
from django_share_analytics.stats.days import TOTALS_DAYS, DayCount, Ledger
from django_share_analytics.stats.hours import (
    MAX_HOURLY_DAYS,
    HourCount,
    Hours,
    read_hours,
)
from django_share_analytics.stats.period import Period, make_period
from django_share_analytics.stats.rankings import AppRank, RisingApp, rank_apps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Headline:
    """The last so many days with today, beside as many before."""

    period: DayRange
    total: int
    previous: Comparison | None
    previous_total: int | None = None
    """Shares of all of the days before, also of the hours that are not compared."""


@dataclass(frozen=True, slots=True)
class ShareStats:
    """One answer. All its numbers but ``totals`` are of the days in ``period``."""

    period: Period
    total: int
    previous: Comparison | None
    """The period before, and what it is compared with; ``None`` when not asked for."""
    totals: Mapping[int, int]
    """Shares of the last 7, 30 and 90 days, whatever the range."""
    most_shared_apps: list[AppRank]
    platforms: dict[str, int]
    """Shares by platform, most shared first."""
    every_platform: dict[str, int]
    """The same of all platforms, also where one was asked for."""
    daily: list[DayCount]
    """Every day of the range, with 0 for a day without shares."""
    rising_apps: list[RisingApp]
    """The fastest rising first, by complete days on both sides; empty when an app is asked for."""
    hourly: list[HourCount] | None = None
    """Every hour that has begun, in a range of two days or less; ``None`` for longer ones and for
    an app, which is counted by day."""
    previous_daily: list[DayCount] | None = None
    """Every day of the period before; ``None`` when nothing is compared."""
    previous_hourly: list[HourCount] | None = None
    """The hours of the period before, where there is ``hourly`` and something is compared."""
    headlines: list[Headline] = field(default_factory=list)
    """The periods that were asked for beside the range; see :func:`share_stats`."""


def share_stats(
    *,
    days: int = 30,
    start: date | None = None,
    end: date | None = None,
    platform: str | None = None,
    app: Any = None,
    limit: int = 10,
    compare: bool = True,
    headlines: Sequence[int] = (),
    now: datetime | None = None,
) -> ShareStats:
    """The statistics of the last ``days`` days with today, or of ``start`` to ``end``.

    ``platform`` (a stored name) and ``app`` (an object or a key) narrow them down. For the site and
    for a platform, the previous period is the one of the same length before, and both sides run to
    the last complete hour; for an app, which is counted by day, both sides are complete days ending
    yesterday: a part of a day is never compared with a whole one. ``compare=False`` leaves both the
    previous period and the rising apps out. ``headlines`` are numbers of days, each of which is
    answered with its total and its comparison, from the same counts and with no query more.

    :raises InvalidShare: ``app`` is neither an object of the shared model nor a key.
    :raises ValueError: the range has no day, or only one end.
    """
    now = now or utc_now()
    period = make_period(days=days, start=start, end=end, now=now)
    others = [
        DayRange.last(length, today=period.today, zone=period.range.zone) for length in headlines
    ]
    if app is not None:
        return _app_stats(period, app_key(app), platform, others, compare=compare)
    return _site_stats(period, platform, limit, others, now, compare=compare)


def _site_stats(
    period: Period,
    platform: str | None,
    limit: int,
    others: Sequence[DayRange],
    now: datetime,
    *,
    compare: bool,
) -> ShareStats:
    closed = ClosedDays.at(now, period.range.zone)
    # Ranked first: what is written meanwhile is in the total, which no app can then exceed.
    complete = period.range.ending_before(period.today) if compare else None
    most, rising = rank_apps(period.range, complete, platform, limit, closed)
    cuts = {days: cut_of(days, now) for days in (period.range, *others)} if compare else {}
    ranges = _ranges(period, others, compare=compare)
    by_hour = _days_by_hour(period, closed, ranges, cuts.values(), compare=compare)
    hours = read_hours(by_hour, period.range.zone, using=closed.using)
    every = Ledger({**closed.site(ranges), **hours.by_day(by_hour)})
    ledger = every.on(platform)

    def previous(days: DayRange) -> Comparison | None:
        return _compare_site(days, ledger, hours, cuts[days], platform) if compare else None

    def hourly(days: DayRange) -> list[HourCount] | None:
        return hours.series(days, platform, now) if _is_hourly(period) else None

    return ShareStats(
        **_sums(period, ledger, compare=compare),
        every_platform=every.platforms(period.range),
        previous=previous(period.range),
        most_shared_apps=most,
        rising_apps=rising,
        hourly=hourly(period.range),
        previous_hourly=hourly(period.range.before()) if compare else None,
        headlines=[_headline(days, ledger, previous(days)) for days in others],
    )


def _app_stats(
    period: Period, key: Any, platform: str | None, others: Sequence[DayRange], *, compare: bool
) -> ShareStats:
    complete = [days.ending_before(period.today) for days in (period.range, *others)]
    sides = [side for days in complete for side in (days, days.before())]
    every = read_app_days(key, merged([*_ranges(period, others, compare=compare), *sides]))
    ledger = every.on(platform)

    def previous(days: DayRange) -> Comparison | None:
        return compare_days(days, period.today, ledger.total) if compare else None

    sums = _sums(period, ledger, compare=compare)
    names = app_names([key]) if sums["total"] else {}
    return ShareStats(
        **sums,
        every_platform=every.platforms(period.range),
        previous=previous(period.range),
        most_shared_apps=[AppRank(key, name, sums["total"]) for key, name in names.items()],
        rising_apps=[],
        headlines=[_headline(days, ledger, previous(days)) for days in others],
    )


def _headline(days: DayRange, ledger: Ledger, previous: Comparison | None) -> Headline:
    before = None if previous is None else ledger.total(days.before())
    return Headline(days, ledger.total(days), previous, before)


def _sums(period: Period, ledger: Ledger, *, compare: bool) -> dict[str, Any]:
    return {
        "period": period,
        "total": ledger.total(period.range),
        "totals": ledger.totals(period.today, period.range.zone),
        "platforms": ledger.platforms(period.range),
        "daily": ledger.daily(period.range),
        "previous_daily": ledger.daily(period.range.before()) if compare else None,
    }


def _ranges(period: Period, others: Iterable[DayRange], *, compare: bool) -> list[DayRange]:
    """The days that an answer needs to know."""
    longest = DayRange.last(max(TOTALS_DAYS), today=period.today, zone=period.range.zone)
    asked = [period.range, *others]
    before = [days.before() for days in asked] if compare else []
    return merged([longest, *asked, *before])


def _is_hourly(period: Period) -> bool:
    return period.days <= MAX_HOURLY_DAYS


def _days_by_hour(
    period: Period,
    closed: ClosedDays,
    ranges: Iterable[DayRange],
    cuts: Iterable[Cut | None],
    *,
    compare: bool,
) -> set[date]:
    """The days whose hours an answer needs to know; today among them, which is never kept."""
    whole = [part for part in map(closed.open_part_of, ranges) if part]
    if _is_hourly(period):
        whole += [period.range, period.range.before()] if compare else [period.range]
    ends = [day for cut in cuts if cut for day in (cut.day, cut.previous_day)]
    return {*ends, *(day for days in whole for day in days)}


def _compare_site(
    period: DayRange, ledger: Ledger, hours: Hours, cut: Cut | None, platform: str | None
) -> Comparison:
    """Both sides up to the hour that is complete now."""
    before = period.before()
    if cut is None:
        sides = ledger.total(before), ledger.total(period)
    else:
        sides = (
            ledger.total(replace(before, end=cut.previous_day - ONE_DAY))
            + hours.total(platform, day_start(cut.previous_day, period.zone), cut.previous_until),
            ledger.total(replace(period, end=cut.day - ONE_DAY))
            + hours.total(platform, day_start(cut.day, period.zone), cut.until),
        )
    return Comparison(
        start=before.start,
        end=before.end,
        total=sides[0],
        compared_total=sides[1],
        compared_from=period.lower,
        compared_until=cut.until if cut else period.upper,
    )
