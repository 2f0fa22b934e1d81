"""What an answer must say: a plain count over the stored rows, in Python."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django_share_analytics.models import LinkStep, Share
from django_share_analytics.periods import local_day
from django_share_analytics.stats.reach import STEPS
from django_share_analytics.steps import AGES, age_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django_share_analytics.virality import Cohort, Virality

DETAILS = {"previews": "preview", "visits_in": "visit", "goals": "conversion"}


def numbers_in(answer: Virality) -> dict[str, Any]:
    """Every count of an answer."""
    assert answer.reach is not None
    of_site: dict[str, Any] = {}
    if answer.cohort.question.app is None:
        assert answer.apps is not None
        assert answer.cycle_time is not None
        of_site = {
            **{name: getattr(answer, name) for name in DETAILS},
            "apps": {each.app_id: (each.shares, each.visits) for each in answer.apps},
            "cycle": {edge: n for edge, n in answer.cycle_time.counts if n},
        }
    return {
        "shares": answer.reach.shares,
        "steps": {name: getattr(answer.reach, name) for name in STEPS},
        "platforms": {each.platform: (each.shares, each.visits) for each in answer.platforms},
        "weeks": [(week.start, week.end, week.shares, week.visits) for week in answer.weeks],
        **of_site,
    }


def counted(cohort: Cohort) -> dict[str, Any]:
    """The same by hand; as many apps brought somebody as an answer has."""
    assert cohort.matured is not None
    question, zone, window = cohort.question, cohort.matured.zone, timedelta(days=cohort.window)
    shares = {
        share.pk: share
        for share in Share.objects.all()
        if local_day(share.timestamp, zone) in cohort.matured
        and question.platform in (None, share.platform)
        and question.app in (None, share.app_id)
    }
    steps = [
        step
        for step in LinkStep.objects.all()
        if step.share_id in shares and step.timestamp - shares[step.share_id].timestamp <= window
    ]
    visited = [shares[step.share_id] for step in steps if step.kind == "visit"]

    def both(of: Callable[[Any], Any]) -> dict[Any, tuple[int, int]]:
        """Shares and visits by something of the share."""
        brought = Counter(map(of, visited))
        return {key: (n, brought[key]) for key, n in Counter(map(of, shares.values())).items()}

    def details(kind: str) -> Mapping[str, int]:
        return Counter(step.detail for step in steps if step.kind == kind and step.detail)

    by_day = both(lambda share: local_day(share.timestamp, zone))
    days = list(cohort.matured)
    starts = [day for number, day in enumerate(reversed(days), 1) if number % 7 == 0]
    of_site = {}
    if question.app is None:
        of_site = {
            **{name: details(kind) for name, kind in DETAILS.items()},
            "apps": {app: n for app, n in both(lambda share: share.app_id).items() if n[1]},
            "cycle": Counter(
                AGES[age_of(step.timestamp - shares[step.share_id].timestamp)]
                for step in steps
                if step.kind == "reshare"
            ),
        }
    return {
        "shares": len(shares),
        "steps": {
            name: sum(step.kind == kind for step in steps) for name, kind in STEPS.items()
        },
        "platforms": both(lambda share: share.platform),
        "weeks": [
            (start, start + timedelta(days=6), *_sums(by_day, start))
            for start in reversed(starts)
        ],
        **of_site,
    }  # fmt: skip


def _sums(by_day: Mapping[Any, tuple[int, int]], start: Any) -> tuple[int, int]:
    week = [by_day.get(start + timedelta(days=n), (0, 0)) for n in range(7)]
    return sum(n for n, _ in week), sum(n for _, n in week)
