"""The cascades that an answer tells of: looked for now while they are few, else as found before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from django_share_analytics.events import utc_now
from django_share_analytics.host.names import name_of_app, with_named_apps
from django_share_analytics.models import AppStepDay, Share, SiteStepDay
from django_share_analytics.steps import RESHARE
from django_share_analytics.virality.cohort import is_over
from django_share_analytics.virality.kept import kept_days
from django_share_analytics.virality.largest import DAYS_OFF
from django_share_analytics.virality.results import Cascade, Cascades
from django_share_analytics.virality.small_forests import look_for_cascades
from django_share_analytics.virality.snapshot import FoundCascades, read_snapshot

if TYPE_CHECKING:
    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.closed_days import ClosedDays
    from django_share_analytics.stats.question import Question
    from django_share_analytics.virality.cohort import Cohort

MOST_RESHARES = 5_000
"""Those that are looked through while somebody waits for the answer."""
FRESH = timedelta(hours=24)
"""A younger snapshot is told of without looking."""
MOST_STEPS = 2_000_000
"""Of all kinds, among which re-shares are looked for: no index tells them apart."""
CASCADES_VERSION = 2
"""Raised when the shape of what is kept changes."""
CASCADES_SECONDS = 600


def cascades_of(cohort: Cohort, closed: ClosedDays) -> Cascades | None:
    """The cascades that began on the matured days of a cohort, as far as they are by now.

    Of the last so many days of the whole site it may be what ``find_cascades`` found, which says
    which days that was about: always where it is from the last day, else where there is too much
    to look at now. Of an app, of a platform (that of the share which began it) or of days from and
    to nothing is kept for long. ``None``: then there is too much, or all of it is pruned.
    """
    if cohort.matured is None:
        return None
    question, using = cohort.question, closed.using
    snapshot = read_snapshot(question.days, using) if question.days and is_kept(question) else None
    if snapshot and utc_now() - snapshot.made_at < FRESH and is_near(snapshot, cohort.matured):
        return _named(snapshot, using)
    found = _looked_for(cohort, cohort.matured, closed) or snapshot
    return _named(found, using) if found else None


def is_kept(question: Question) -> bool:
    """Whether ``find_cascades`` finds those that are asked for."""
    return question.days is not None and question.app is None and question.platform is None


def is_near(found: Cascades | FoundCascades, days: DayRange) -> bool:
    """Whether they are those of these days, or of days that ended a day before or after."""
    return abs(found.end - days.end) <= DAYS_OFF


def _looked_for(cohort: Cohort, matured: DayRange, closed: ClosedDays) -> FoundCascades | None:
    """Those that are found now, or were some minutes ago, and no closed day has changed since."""
    question = cohort.question

    def look() -> tuple[FoundCascades | None]:
        days = kept_days(matured, closed.retained_from)
        if days is None or _is_too_much(question, days, closed.using):
            return (None,)
        return (look_for_cascades(question, days, closed.using, MOST_RESHARES),)

    if not is_over(cohort, closed.until):
        return look()[0]
    asked = (closed.link_version, matured, question.app, question.platform)
    found: tuple[FoundCascades | None] = closed.kept(
        look, "cascades", CASCADES_VERSION, *asked, seconds=CASCADES_SECONDS
    )
    return found[0]


def _is_too_much(question: Question, days: DayRange, using: str) -> bool:
    """By the steps on the links of the shares of these days and of all that came after."""
    if question.app is not None:
        of_app: Any = AppStepDay.objects.using(using).filter(
            app_platform__app=question.app, day__gte=days.start
        )
        return bool(of_app.aggregate(n=Sum(RESHARE, default=0))["n"] > MOST_RESHARES)
    rows = SiteStepDay.objects.using(using).filter(day__gte=days.start)
    reshares = Sum("n", filter=Q(kind=RESHARE), default=0)
    found = rows.aggregate(reshares=reshares, steps=Sum("n", default=0))
    return bool(found["reshares"] > MOST_RESHARES or found["steps"] > MOST_STEPS)


def _named(found: FoundCascades, using: str) -> Cascades:
    """With what is stored of the shares that began them, but for those that are gone."""
    roots = [each.root for each in found.largest]
    shares = {
        share.pk: share
        for share in with_named_apps(Share.objects.using(using).filter(pk__in=roots))
    }
    return Cascades(
        made_at=found.made_at,
        start=found.start,
        end=found.end,
        roots=found.roots,
        forwarded=found.forwarded,
        largest=[
            Cascade(
                root_id=each.root,
                app_id=share.app_id,
                app_name=name_of_app(share),
                platform=share.platform,
                started_at=share.timestamp,
                size=each.size,
                depth=each.depth,
                structural_virality=each.structural_virality,
                parents=each.parents,
            )
            for each in found.largest
            if (share := shares.get(each.root))
        ],
    )
