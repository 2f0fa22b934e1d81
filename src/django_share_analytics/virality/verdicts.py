"""Which placements earn more shares per view than others: said once in 28 days, and not before.

Who looks every day, and stops when it suits, finds a difference sooner or later where there is
none. So blocks are counted from a day that nobody chooses, and only those are looked at that are
over.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.virality.intervals import differ, holm
from django_share_analytics.virality.placements import PlacementDays, rate_per_view, read_days
from django_share_analytics.virality.results import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FIRST_MONDAY = date(2024, 1, 1)
BLOCK = timedelta(days=28)
ALPHA = 0.05
"""How likely a block may be to call any two placements different of which none is."""


def verdict_at(now: datetime, using: str) -> Verdict | None:
    """What the last complete block says; ``None`` on a site without placements.

    By shares per view alone: visits take a window more to come in. Where none were measured no
    block is named, and only when the next one decides.
    """
    if not get_settings().placements:
        return None
    zone = reporting_zone()
    start = block_start(local_day(now, zone))
    block = DayRange(start - BLOCK, start - timedelta(days=1), zone)
    days = read_days(block, 1, using)
    if not days.views:
        return Verdict(None, start + BLOCK)
    return Verdict(block, start + BLOCK, ahead_of(days))


def block_start(day: date) -> date:
    """The first day of the block that ``day`` is in."""
    return day - (day - FIRST_MONDAY) % BLOCK


def ahead_of(days: PlacementDays) -> list[tuple[str, str]]:
    """Pairs of which the first earned more shares per view than the second, by their names.

    Of those placements whose rate is known, all pairs are compared; Holm's method keeps the
    chance of any false one at 5 %.
    """
    values = {
        name: value
        for name in sorted(days.views)
        if (value := rate_per_view(days, name).value) is not None
    }
    per_view = {name: days.per_view(name) for name in values}
    pairs = list(combinations(values, 2))
    p_values = {(a, b): differ(per_view[a], per_view[b]) for a, b in pairs}
    differing = holm(p_values, ALPHA)
    return [_ordered(pair, values) for pair in pairs if pair in differing]


def _ordered(pair: tuple[str, str], values: Mapping[str, float]) -> tuple[str, str]:
    first, second = pair
    return pair if values[first] > values[second] else (second, first)
