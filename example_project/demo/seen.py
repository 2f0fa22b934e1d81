"""How often the store's pages are seen, as a counter of page views would tell it. Made up, and the
same each time: a number follows from its day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from .loading import apps_in_file
from .simulation import TAIL, WEEKDAYS

if TYPE_CHECKING:
    from uuid import UUID

VIEWS_A_DAY = 8_000


def views(app: UUID | None, start: date, end: date) -> dict[date, int]:
    """The page views of an app, or of the whole store, from ``start`` to ``end``.

    What the setting ``SHARE_VIEWS`` names.
    """
    part = 1.0 if app is None else _popularity().get(app, 0.0)
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return {day: round(views_on(day) * part) for day in days}


def views_on(day: date) -> float:
    """The page views of the store on a day."""
    draw = random.Random(f"views on {day.isoformat()}")
    return VIEWS_A_DAY * WEEKDAYS[day.weekday()] * draw.uniform(0.9, 1.1)


@cache
def _popularity() -> dict[Any, float]:
    """The part of all views that each app has."""
    weights = {app.pk: 1 / rank**TAIL for rank, app in enumerate(apps_in_file(), 1)}
    return {app: weight / sum(weights.values()) for app, weight in weights.items()}
