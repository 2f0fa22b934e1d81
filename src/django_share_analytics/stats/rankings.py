"""Which apps are shared most, and which rise fastest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from django_share_analytics.stats.app_sums import AppSums, Sums
from django_share_analytics.stats.comparison import growth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.closed_days import ClosedDays
    from django_share_analytics.stats.question import Question

EVIDENCE = 10
"""So many shares are added to both sides before an app's growth is ranked (additive smoothing).

An app that went from 1 to 2 counts as one that went from 11 to 12, so that it doesn't lead over one
that went from 100 to 150; and one that is new can be ranked at all.
"""
MAX_KEPT = 1_000
"""So many apps are kept of a ranking of closed days, whatever the site has."""
MAX_LOOKED_UP = 5_000
"""If more apps than these could have reached the top today, all are ranked anew."""
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class AppRank:
    """An app among the most shared, and its shares."""

    app_id: Any
    app_name: str
    count: int


@dataclass(frozen=True, slots=True)
class RisingApp:
    """An app that is shared more than before."""

    app_id: Any
    app_name: str
    count: int
    """Shares of the complete days of the period."""
    previous_count: int
    """Shares of as many days before."""

    @property
    def change(self) -> float | None:
        """The growth as a fraction; ``None`` for an app that had no shares before."""
        return growth(self.previous_count, self.count)


class ClosedRanking(NamedTuple):
    """What closed days say: the first of the most shared and of the fastest rising apps."""

    most: list[tuple[int, int]]
    """The apps' integer keys with their shares."""
    is_all: bool
    """Whether there are no others with shares."""
    rising: list[tuple[int, int, int]]
    """Integer keys with the shares of the complete days and of the days before."""


def rank_apps(question: Question, closed: ClosedDays) -> tuple[list[AppRank], list[RisingApp]]:
    """The apps with the most shares in the period, and those that rose fastest in complete days.

    When nothing is compared no app rises.
    """
    sums, limit = AppSums(question.platform, closed.using), question.limit
    complete = question.complete if question.compare else None
    ranking = _closed_ranking(sums, closed, closed.part_of(question.period), complete, limit)
    most = _most_shared(sums, ranking, closed, question.period, limit)
    rising = ranking.rising[:limit]
    names = sums.names({pk for pk, *_ in (*most, *rising)})
    return (
        [AppRank(*names[pk], n) for pk, n in most if pk in names],
        [RisingApp(*names[pk], n, before) for pk, n, before in rising if pk in names],
    )


def _closed_ranking(
    sums: AppSums,
    closed: ClosedDays,
    period: DayRange | None,
    complete: DayRange | None,
    limit: int,
) -> ClosedRanking:
    if limit > MAX_KEPT or (complete and closed.open_part_of(complete)):
        return _rank(sums.both_sides(period, complete), limit)
    kept = closed.kept(
        lambda: tuple(_rank(sums.both_sides(period, complete), MAX_KEPT)),
        "apps",
        sums.platform,
        period,
        complete,
    )
    return ClosedRanking(*kept)


def _rank(apps: Iterable[Sums], limit: int) -> ClosedRanking:
    most: list[tuple[int, int]] = []
    rising: list[tuple[int, int, int]] = []
    shared = 0
    while chunk := list(islice(apps, CHUNK)):
        counts = [(app.id, app.shares) for app in chunk if app.shares > 0]
        shared += len(counts)
        most = _top([*most, *counts], limit)
        growing = [(app.id, app.compared, app.before) for app in chunk if app.compared > app.before]
        rising = nlargest(limit, [*rising, *growing], key=rise)
    return ClosedRanking(most, shared <= limit, rising)


def rise(row: tuple[int, int, int]) -> tuple[float, int, int]:
    """What an app is ranked by: its growth, smoothed; see ``EVIDENCE``."""
    pk, n, before = row
    return (n + EVIDENCE) / (before + EVIDENCE), n, -pk


def _top(counts: Iterable[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    return nlargest(limit, counts, key=lambda row: (row[1], -row[0]))


def _most_shared(
    sums: AppSums, ranking: ClosedRanking, closed: ClosedDays, period: DayRange, limit: int
) -> list[tuple[int, int]]:
    """The ranking of closed days with the open ones added: exact, though it is not a whole one.

    Without open days it is as it was kept. Else the apps are looked up that have so many open
    shares that they may have reached the top (the threshold algorithm); and if these are too many,
    all are ranked anew.
    """
    open_part, closed_part = closed.open_part_of(period), closed.part_of(period)
    if open_part is None:
        return ranking.most[:limit]
    totals = Counter(dict(ranking.most))
    top = [pk for pk, _ in ranking.most[:limit]]
    recent = sums.totals(open_part, top, at_least=_enough_to_reach_the_top(ranking, limit))
    unknown = recent.keys() - totals.keys()
    if len(unknown) > MAX_LOOKED_UP:
        return _rank(sums.both_sides(period, None), limit).most
    if unknown and closed_part and not ranking.is_all:
        totals.update(sums.totals(closed_part, unknown))
    totals.update(recent)
    return _top(((pk, n) for pk, n in totals.items() if n > 0), limit)


def _enough_to_reach_the_top(ranking: ClosedRanking, limit: int) -> int:
    """How many open shares an app needs that is below the top of the closed days."""
    if len(ranking.most) < limit:
        return 1  # there is room
    last_of_top = ranking.most[limit - 1][1]
    if len(ranking.most) > limit:
        most_below = ranking.most[limit][1]
    elif ranking.is_all:
        most_below = 0
    else:
        most_below = last_of_top  # nothing is kept of those below: one may have as many
    return max(1, last_of_top - most_below)
