"""Makes what the tests talk about."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django_share_analytics import models
from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import ShareEvent
from django_share_analytics.periods import hour_start, local_day

NOON = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
"""12:00 in Riyadh, the zone of the tests."""


def event(app: Any, platform: str = "whatsapp", at: datetime = NOON, **values: Any) -> ShareEvent:
    return ShareEvent(getattr(app, "pk", app), platform, timestamp=at, **values)


def stored_counts() -> dict[str, dict[Any, int]]:
    """Every rollup as it stands, with keys that can be read; rows that fell to 0 left out."""
    count = {
        "app": models.AppCount.objects.values_list("app", "n"),
        "app_platform": models.AppPlatformCount.objects.values_list("app", "platform", "n"),
        "app_day": models.AppDay.objects.values_list("app_count__app", "day", "n"),
        "app_platform_day": models.AppPlatformDay.objects.values_list(
            "app_platform__app", "app_platform__platform", "day", "n"
        ),
        "site_hour": models.SiteHour.objects.values_list("platform", "hour", "n"),
    }
    return {name: {row[:-1]: row[-1] for row in rows if row[-1]} for name, rows in count.items()}


def counted_by_hand() -> dict[str, dict[Any, int]]:
    """What every rollup must say: a plain count over the stored shares, in Python."""
    zone = reporting_zone()
    counts: dict[str, Counter[Any]] = {
        name: Counter()
        for name in ("app", "app_platform", "app_day", "app_platform_day", "site_hour")
    }
    for share in models.Share.objects.all():
        day, hour = local_day(share.timestamp, zone), hour_start(share.timestamp, zone)
        counts["app"][share.app_id,] += 1
        counts["app_platform"][share.app_id, share.platform] += 1
        counts["app_day"][share.app_id, day] += 1
        counts["app_platform_day"][share.app_id, share.platform, day] += 1
        counts["site_hour"][share.platform, hour] += 1
    return {name: dict(count) for name, count in counts.items()}


def outcomes() -> dict[str, int]:
    """Events that were not recorded, by reason."""
    total: Counter[str] = Counter()
    for reason, n in models.OutcomeHour.objects.values_list("reason", "n"):
        total[reason] += n
    return dict(total)
