"""Answers about how far shares travel, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django_share_analytics.periods import DayRange
from django_share_analytics.stats import Reach
from django_share_analytics.steps import AGES
from django_share_analytics.virality.cohort import Cohort, cohort_of
from django_share_analytics.virality.results import (
    NOTHING_KNOWN,
    AppTravel,
    Cascade,
    Cascades,
    CycleTime,
    PlacementTravel,
    PlatformTravel,
    Rate,
    Rates,
    Verdict,
    ViewsTravel,
    Virality,
    WeekTravel,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROOT = UUID("01890000-0000-7000-8000-000000000001")

REACH = Reach(
    shares=1_234, previews=600, clicks=900, visits=987, reached=420, reshares=111, forwarded=61,
    conversions=12,
)  # fmt: skip
RATES = Rates(
    active_shares=Rate(0.34, 0.31, 0.37, 420),
    clicks_per_share=Rate(0.73, 0.7, 0.76, 900),
    visits_per_share=Rate(0.8, 0.75, 0.86, 987),
    reshare_rate=Rate(0.112, 0.09, 0.14, 111),
    reproduction=Rate(0.09, 0.07, 0.115, 111),
    conversions_per_100_shares=Rate(None, None, 1.7, 12),
)
TREE = (0, 0, 0, 1, 1, 4, 4, 5, 8)
"""The parents of nine shares that one led to."""


def virality(cohort: Cohort | None = None, **changes: Any) -> Virality:
    """An answer that has everything, with some of it changed."""
    cohort = cohort or cohort_of(now=NOW)
    assert cohort.matured is not None
    whole = Virality(
        cohort=cohort,
        reach=REACH,
        rates=RATES,
        multiplier=1.099,
        largest_share_of_visits=0.12,
        cycle_time=cycle(),
        platforms=[
            PlatformTravel("whatsapp", 700, 600, Rate(0.86, 0.8, 0.92, 600)),
            PlatformTravel("telegram", 300, 270, Rate(0.9, 0.7, 1.1, 270)),
            PlatformTravel("copy", 160, 12, Rate(None, None, 0.13, 12)),
            PlatformTravel("orkut", 74, 105, NOTHING_KNOWN),
        ],
        previews={"whatsapp": 400, "signal": 200},
        visits_in={"instagram": 50},
        goals={"signup": 10, "buy": 2},
        apps=[AppTravel("1", "Chess", 900, 800, Rate(0.89, 0.8, 0.95, 800))],
        weeks=weeks(cohort.matured.end, 12),
        placements=[
            PlacementTravel(
                "top", 9_000, 80, 60, Rate(8.9, 7.1, 10.8, 80), Rate(0.75, 0.6, 0.9, 60)
            ),
            PlacementTravel("bottom", 4_000, 9, 3, Rate(None, None, 4.3, 9), NOTHING_KNOWN),
        ],
        verdict=verdict(cohort, ahead=[("top", "bottom")]),
        views=ViewsTravel(150_000, Rate(8.2, 7.5, 9.1, 1_234), Rate(0.0066, 0.006, 0.0072, 987)),
        cascades=cascades(cohort),
    )
    return replace(whole, **changes)


def cycle() -> CycleTime:
    """Of a week."""
    edges = AGES[: AGES.index(7 * 86_400) + 1]
    counts = [(edge, n % 7 + 1) for n, edge in enumerate(edges)]
    return CycleTime(5_400.0, 4_100.0, 7_000.0, sum(n for _, n in counts), counts)


def weeks(last: date, n: int) -> list[WeekTravel]:
    """So many up to a day, the first one first."""
    return [
        WeekTravel(
            last - timedelta(days=7 * ago + 6),
            last - timedelta(days=7 * ago),
            100 + ago,
            80,
            Rate(0.8, 0.6 + ago / 100, 1.0, 80),
        )
        for ago in reversed(range(n))
    ]


def verdict(cohort: Cohort, **given: Any) -> Verdict:
    """Of a block of 28 days that has just ended."""
    today = cohort.question.today
    start, end = today - timedelta(days=30), today - timedelta(days=3)
    block = DayRange(start, end, cohort.question.period.zone)
    return Verdict(block=block, decides_on=today + timedelta(days=25), **given)


def cascades(cohort: Cohort, **changes: Any) -> Cascades:
    """Two that grew, of which the larger one is too large to be drawn."""
    assert cohort.matured is not None
    period, now = cohort.matured, cohort.question.now
    small = Cascade(
        ROOT, "1", "Chess", "whatsapp", now - timedelta(days=20), 10, 4, 2.9, parents=TREE
    )
    large = replace(small, size=9_000, depth=17, structural_virality=6.4, parents=())
    found = Cascades(
        made_at=now - timedelta(hours=3), start=period.start, end=period.end, roots=1_123,
        forwarded=55, largest=[large, small],
    )  # fmt: skip
    return replace(found, **changes)


def too_few(cohort: Cohort | None = None, shares: int = 80) -> Virality:
    """With fewer shares than anything is said of."""
    unknown = Rates(*[NOTHING_KNOWN] * 6)
    reach = replace(REACH, shares=shares, visits=5, reached=4, reshares=0, forwarded=0)
    no_time = CycleTime(None, None, None, 0, [])
    return virality(
        cohort, reach=reach, rates=unknown, multiplier=None, cycle_time=no_time,
        platforms=[PlatformTravel("whatsapp", shares, 5, NOTHING_KNOWN)], apps=[], weeks=[],
        placements=[], verdict=None, views=None, cascades=None,
    )  # fmt: skip
