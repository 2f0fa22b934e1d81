"""What became of an app's shares: the steps on their links so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from django_share_analytics.models import AppStepDay, SiteStepDay
from django_share_analytics.steps import VISIT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django_share_analytics.stats.question import Question

STEPS = {
    "previews": "preview",
    "clicks": "click",
    "visits": "visit",
    "reached": "reached",
    "reshares": "reshare",
    "forwarded": "forwarded",
    "conversions": "conversion",
}
"""What they are called in an answer, and the column that counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What became of the shares of some days, however long after: the steps on their links."""

    shares: int
    previews: int
    clicks: int
    visits: int
    reached: int
    """Shares by which somebody came."""
    reshares: int
    forwarded: int
    """Shares that somebody who came by them shared on."""
    conversions: int


def read_steps(question: Question, using: str) -> Mapping[str, int]:
    """The steps on the links of an app's shares, by their names in an answer, with one query."""
    days = AppStepDay.objects.using(using).filter(
        app_platform__app=question.app, day__range=(question.period.start, question.period.end)
    )
    sums = {name: Sum(column) for name, column in STEPS.items()}
    found = days.values_list("app_platform__platform").annotate(**sums).order_by()
    # The platform is told here, as that of the shares is: MariaDB also finds "X" for "x".
    rows = [row for platform, *row in found if question.platform in (None, platform)]
    return {name: sum(row[n] for row in rows) for n, name in enumerate(STEPS)}


def read_visits(question: Question, platforms: Collection[str], using: str) -> int:
    """The visits on the links of the whole site's shares, with one query, and none where there are
    no ``platforms``: those on which anything was shared on these days.

    They and the days are named one by one, so that a database finds the rows by their key: between
    two days there are thirty times as many, by kinds and ages.
    """
    asked = [one for one in platforms if question.platform in (None, one)]
    found = SiteStepDay.objects.using(using).filter(
        day__in=list(question.period), platform__in=asked, kind=VISIT
    )
    sums = found.order_by().values_list("platform").annotate(total=Sum("n"))
    return sum(n for platform, n in sums if platform in asked)
