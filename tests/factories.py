"""Makes what the tests talk about."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django_share_analytics import models
from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import LinkEvent, ShareEvent
from django_share_analytics.periods import hour_start, local_day
from django_share_analytics.steps import STORED, age_of, window_of

NOON = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
"""12:00 in Riyadh, the zone of the tests."""


def event(app: Any, platform: str = "whatsapp", at: datetime = NOON, **values: Any) -> ShareEvent:
    return ShareEvent(getattr(app, "pk", app), platform, timestamp=at, **values)


def link_event(
    share: ShareEvent, kind: str, at: datetime | None = None, **values: Any
) -> LinkEvent:
    values = {"app_id": share.app_id, "timestamp": at or share.timestamp, **values}
    return LinkEvent(share.id, kind, **values)


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


def stored_step_counts() -> dict[str, dict[Any, int]]:
    """The rollups of what became of shares, as :func:`stored_counts`."""
    site = models.SiteStepDay.objects.values_list("day", "platform", "kind", "detail", "age", "n")
    placements = models.PlacementStepDay.objects.values_list(
        "day", "placement", "platform", "kind", "within", "n"
    )
    apps = {
        (row.app_platform.app_id, row.app_platform.platform, row.day, row.within, kind): n
        for row in models.AppStepDay.objects.select_related("app_platform")
        for kind in STORED
        if (n := getattr(row, kind))
    }
    return {
        "site": {row[:-1]: row[-1] for row in site if row[-1]},
        "app": apps,
        "placement": {row[:-1]: row[-1] for row in placements if row[-1]},
    }


def steps_counted_by_hand() -> dict[str, dict[Any, int]]:
    """What these must say: a plain count over the stored rows, in Python."""
    zone = reporting_zone()
    site: Counter[Any] = Counter()
    apps: Counter[Any] = Counter()
    placements: Counter[Any] = Counter()
    for step in models.LinkStep.objects.select_related("share"):
        share = step.share
        day = local_day(share.timestamp, zone)
        age = age_of(step.timestamp - share.timestamp)
        site[day, share.platform, step.kind, step.detail, age] += 1
        apps[share.app_id, share.platform, day, window_of(age), step.kind] += 1
        if share.placement:
            placements[day, share.placement, share.platform, step.kind, window_of(age)] += 1
    for share in models.Share.objects.exclude(placement=""):
        day = local_day(share.timestamp, zone)
        placements[day, share.placement, share.platform, "share", 1] += 1
    return {"site": dict(site), "app": dict(apps), "placement": dict(placements)}


def outcomes() -> dict[str, int]:
    """Events that were not recorded, by reason."""
    total: Counter[str] = Counter()
    for reason, n in models.OutcomeHour.objects.values_list("reason", "n"):
        total[reason] += n
    return dict(total)
