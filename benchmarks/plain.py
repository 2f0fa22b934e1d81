"""The same answers in the plain way: straight from the shares, as one would write it first."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

RIYADH = timezone(timedelta(hours=3))
"""The zone of the benchmark's settings, as MariaDB knows it without zone tables."""


def share_count(app: Any) -> dict[str, int]:
    """The shares of an app by platform."""
    return _by("platform", Share.objects.filter(app=app))


def stats(days: int, now: datetime) -> Mapping[str, Any]:
    """What the statistics say of the site: the range, the one before, totals, series, rankings."""
    today = now.astimezone(RIYADH).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=days - 1)
    shares = Share.objects.filter(timestamp__gte=start)
    before = Share.objects.filter(
        timestamp__gte=start - timedelta(days=days), timestamp__lt=now - timedelta(days=days)
    )
    most_shared = _by("app", shares)
    earlier = _by("app", before)
    daily: dict[date, int] = _by("day", shares.annotate(day=TruncDate("timestamp", tzinfo=RIYADH)))
    return {
        "total": shares.count(),
        "previous": before.count(),
        "totals": [
            Share.objects.filter(timestamp__gte=today - timedelta(days=n - 1)).count()
            for n in (7, 30, 90)
        ],
        "platforms": _by("platform", shares),
        "daily": daily,
        "most_shared": Counter(most_shared).most_common(10),
        "rising": Counter(
            {app: n - earlier.get(app, 0) for app, n in most_shared.items()}
        ).most_common(10),
    }


def _by(column: str, shares: Any) -> dict[Any, int]:
    return dict(shares.order_by().values_list(column).annotate(n=Count("pk")))
