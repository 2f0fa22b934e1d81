"""How much of all visits a single share brought: what one giant makes of an average."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.lookups import Exact

from django_share_analytics.models import LinkStep
from django_share_analytics.sql.ages import SECONDS_A_DAY, EdgesPassed
from django_share_analytics.steps import VISIT
from django_share_analytics.virality.snapshot import read_snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from django_share_analytics.stats.closed_days import ClosedDays
    from django_share_analytics.virality.cohort import Cohort

MOST_VISITS = 20_000
"""With more of them, what ``find_cascades`` found is told, or nothing."""
DAYS_OFF = timedelta(days=1)
"""So far may the days that it looked at be from those that are asked about."""


def largest_share_of_visits(cohort: Cohort, visits: int, closed: ClosedDays) -> float | None:
    """The part of the ``visits``, all of a cohort within its window, that a single share brought.

    ``None``: there are none; some of the shares are pruned, and nobody knows what was theirs; or
    they are too many to look now, and nobody has looked.
    """
    if cohort.matured is None or not visits:
        return None
    if visits > MOST_VISITS:
        return _found(cohort, closed.using)
    return count_largest(cohort, visits, closed.using, closed.retained_from)


def count_largest(
    cohort: Cohort, visits: int, using: str, watermark: datetime | None
) -> float | None:
    """The same from the rows, of any number of visits. See :func:`.kept_days` for ``watermark``."""
    assert cohort.matured is not None
    lower, upper, question = cohort.matured.lower, cohort.matured.upper, cohort.question
    if not visits or (watermark is not None and watermark > lower):
        return None
    late = EdgesPassed("timestamp", "share__timestamp", [cohort.window * SECONDS_A_DAY])
    asked = Q(share__timestamp__gte=lower, share__timestamp__lt=upper)
    if question.app is not None:
        asked &= Q(share__app=question.app)
    if question.platform is not None:
        asked &= Q(share__platform=question.platform)
    rows = LinkStep.objects.using(using).filter(asked, Exact(late, 0), kind=VISIT).order_by()
    counts = rows.values_list("share", "share__platform").annotate(n=Count("pk")).order_by("-n")
    if question.platform is None:
        counts = counts[:1]
    # The platform is told here: MariaDB also finds "X" for "x".
    most = (n for _, platform, n in counts if question.platform in (None, platform))
    return next(most, 0) / visits


def _found(cohort: Cohort, using: str) -> float | None:
    question, days = cohort.question, cohort.matured
    if question.days is None or question.app is not None or question.platform is not None:
        return None
    found = read_snapshot(question.days, using)
    largest = found and found.visits.get(cohort.window)
    if not largest or days is None or abs(largest.end - days.end) > DAYS_OFF:
        return None
    return largest.part
