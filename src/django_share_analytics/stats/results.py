"""What an answer consists of, and what is told of the site and of an app alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.comparison import Comparison
    from django_share_analytics.stats.days import DayCount, Ledger
    from django_share_analytics.stats.hours import HourCount
    from django_share_analytics.stats.question import Question
    from django_share_analytics.stats.rankings import AppRank, RisingApp
    from django_share_analytics.stats.reach import Reach


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

    question: Question
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
    """The periods that were asked for beside the range; see :func:`.share_stats`."""
    reach: Reach | None = None
    """What became of the shares so far; ``None`` but for an app, and where shares have no links."""

    @property
    def period(self) -> DayRange:
        """The days that the answer is about."""
        return self.question.period


def put_together(
    question: Question,
    every_platform: Ledger,
    comparisons: Sequence[Comparison | None],
    **of_its_kind: Any,
) -> ShareStats:
    """The answer from its days; with one of ``comparisons`` for each of ``question.periods``."""
    ledger, period = every_platform.on(question.platform), question.period
    previous, *others = comparisons
    return ShareStats(
        question=question,
        total=ledger.total(period),
        previous=previous,
        totals=ledger.totals(question.today, period.zone),
        platforms=ledger.platforms(period),
        every_platform=every_platform.platforms(period),
        daily=ledger.daily(period),
        previous_daily=ledger.daily(period.before()) if question.compare else None,
        headlines=[
            _headline(days, ledger, compared)
            for days, compared in zip(question.periods[1:], others, strict=True)
        ],
        **of_its_kind,
    )


def _headline(days: DayRange, ledger: Ledger, previous: Comparison | None) -> Headline:
    before = None if previous is None else ledger.total(days.before())
    return Headline(days, ledger.total(days), previous, before)
