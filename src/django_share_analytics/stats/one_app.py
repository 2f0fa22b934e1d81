"""The answer about one app, from its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import router

from django_share_analytics.host.names import names_of_apps
from django_share_analytics.links import addresses
from django_share_analytics.models import AppPlatformDay
from django_share_analytics.stats.app_days import read_app_days
from django_share_analytics.stats.comparison import compare_days
from django_share_analytics.stats.rankings import AppRank
from django_share_analytics.stats.reach import Reach, read_steps
from django_share_analytics.stats.results import put_together

if TYPE_CHECKING:
    from django_share_analytics.stats.question import Question
    from django_share_analytics.stats.results import ShareStats


def app_stats(question: Question) -> ShareStats:
    """Two queries: the app's days, and its name; one more where shares have links."""
    # Before the shares: those that come meanwhile are in the total, which no step can then exceed.
    using = router.db_for_read(AppPlatformDay)  # one for all counts of an answer
    steps = read_steps(question, using) if addresses.are_on() else None
    complete = [days.ending_before(question.today) for days in question.periods]
    sides = [side for days in complete for side in (days, days.before())]
    every_platform = read_app_days(question.app, question.days_to_read(*sides), using)
    ledger = every_platform.on(question.platform)
    total = ledger.total(question.period)
    names = names_of_apps([question.app]) if total else {}
    return put_together(
        question,
        every_platform,
        [compare_days(days, ledger.total) if question.compare else None for days in complete],
        most_shared_apps=[AppRank(key, name, total) for key, name in names.items()],
        rising_apps=[],
        reach=None if steps is None else Reach(shares=total, **steps),
    )
