"""The one way to ask: a period's totals, trend, platforms and rankings, and the period before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.stats.one_app import app_stats
from django_share_analytics.stats.question import Question, make_question
from django_share_analytics.stats.site import read_site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django_share_analytics.keys import AppOrKey
    from django_share_analytics.stats.results import ShareStats


def share_stats(
    *,
    days: int = 30,
    start: date | None = None,
    end: date | None = None,
    platform: str | None = None,
    app: AppOrKey | None = None,
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
    question = make_question(
        days=days,
        start=start,
        end=end,
        platform=platform,
        app=app,
        limit=limit,
        compare=compare,
        headlines=headlines,
        now=now,
    )
    return answer(question)


def answer(question: Question) -> ShareStats:
    """The same for a question that has been put into one."""
    return read_site(question).stats() if question.app is None else app_stats(question)
