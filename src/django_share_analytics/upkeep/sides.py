"""The two sides of a comparison: what rows say, and what the counts of them say.

Each is a list of queries, whose rows are added up by key: with the facts of the rollup as ``k0``,
``k1``, … and the number as ``n_``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, IntegerField, Value

from django_share_analytics.counts.steps import (
    APP_STEP_DAY,
    PLACEMENT_STEP_DAY,
    SITE_STEP_DAY,
)
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sql.ages import stored_age, stored_window
from django_share_analytics.sql.functions import (
    DayNumber,
    QuarterHour,
    local_day_number,
    local_hour_quarter,
)
from django_share_analytics.steps import SHARE, STORED, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from django_share_analytics.counts.rollups import Rollup
    from django_share_analytics.periods import DayRange

APP_STEPS = replace(APP_STEP_DAY, by=(*APP_STEP_DAY.by, "kind"))
"""The counts of apps with the kind as a fact, of which they have a column each."""

STEP_COUNTS = (SITE_STEP_DAY, APP_STEPS, PLACEMENT_STEP_DAY)

PLACED = {"kind": Value(SHARE, CharField()), "within": Value(WINDOWS[0], IntegerField())}
"""A share as a step of its own: how it is counted by its placement."""


def stored(
    rollup: Rollup, days: DayRange | None, using: str, *, since: datetime | None = None
) -> list[QuerySet[Any]]:
    """What a rollup must say of the shares of these days; without days, of all shares.

    With ``since``, of those from that instant on alone.
    """
    shares = _of(Share.objects.using(using), "", days, since)
    if rollup not in STEP_COUNTS:
        return [_side(shares, [_fact(fact, "", days) for fact in rollup.by], Count("*"))]
    steps = _of(LinkStep.objects.using(using), "share__", days, since)
    is_placed = rollup is PLACEMENT_STEP_DAY
    if is_placed:
        steps = steps.exclude(share__placement="")
    sides = [_side(steps, [_fact(fact, "share__", days) for fact in rollup.by], Count("*"))]
    if is_placed:
        placed = [PLACED.get(fact) or _fact(fact, "", days) for fact in rollup.by]
        sides.append(_side(shares.exclude(placement=""), placed, Count("*")))
    return sides


def counted(
    rollup: Rollup,
    days: DayRange | None,
    using: str,
    *,
    by: Rollup | None = None,
    below_zero: bool = False,
) -> list[QuerySet[Any]]:
    """What the rollup says of these days, in the same columns; without days, all that it says.

    With ``by`` as rows of that coarser rollup: of one key there may be several. ``below_zero``:
    only what can't be, whatever the rows were.
    """
    rows = rollup.model._base_manager.using(using).order_by()
    if days is not None and "day" in rollup.by:
        rows = rows.filter(day__range=(days.start, days.end))
    elif days is not None:
        rows = rows.filter(hour__gte=days.lower, hour__lt=days.upper)
    sides = []
    for n in STORED if rollup is APP_STEPS else ["n"]:
        keys = [_column(rollup, fact, n) for fact in (by or rollup).by]
        chosen = rows.filter(**{f"{n}__lt": 0}) if below_zero else rows
        sides.append(_side(chosen, keys, F(n)))
    return sides


def _of(rows: Any, share: str, days: DayRange | None, since: datetime | None) -> QuerySet[Any]:
    """Those of the shares of these days; ``share`` is what leads to the fields of a share."""
    if days is not None:
        limits = {f"{share}timestamp__gte": days.lower, f"{share}timestamp__lt": days.upper}
        rows = rows.filter(**limits)
    if since is not None:
        rows = rows.filter(**{f"{share}timestamp__gte": since})
    chosen: QuerySet[Any] = rows.order_by()
    return chosen


def _side(rows: QuerySet[Any], keys: Iterable[Any], n: Any) -> QuerySet[Any]:
    columns: Any = rows.values(**{f"k{place}": key for place, key in enumerate(keys)})
    side: QuerySet[Any] = columns.annotate(n_=n)
    return side


def _fact(fact: str, share: str, days: DayRange | None) -> Any:
    """What is known of a share, or of a step; local times need to know on which days it was."""
    if fact == "age":
        return stored_age(F("timestamp"), F(f"{share}timestamp"))
    if fact == "within":
        return stored_window(F("timestamp"), F(f"{share}timestamp"))
    if fact in ("kind", "detail"):
        return F(fact)
    if days is None or fact not in ("day", "hour"):
        return F(f"{share}{fact}")
    local = local_day_number if fact == "day" else local_hour_quarter
    return local(f"{share}timestamp", days.lower, days.upper, days.zone)


def _column(rollup: Rollup, fact: str, n: str) -> Any:
    if fact == "day":
        return DayNumber(F("day"))
    if fact == "hour":
        return QuarterHour(F("hour"))
    if rollup is APP_STEPS and fact == "kind":
        return Value(n, CharField())
    if rollup.parent is not None and fact in rollup.parent.by:
        return F(f"{rollup.parent_column}__{fact}")
    return F(fact)
