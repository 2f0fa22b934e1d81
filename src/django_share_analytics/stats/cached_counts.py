"""Share counts for pages and for strangers: from the cache, and counted when it has none.

Who asks for a number that isn't there counts it, whoever else does so now: that is a query by keys,
and waiting for another's answer takes longer (``benchmarks/rush.py``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import router

from django_share_analytics.conf import get_settings
from django_share_analytics.exceptions import UnknownApp
from django_share_analytics.keys import app_key
from django_share_analytics.models import AppPlatformCount
from django_share_analytics.sql.errors import is_lack_of_characters
from django_share_analytics.sql.transactions import without_harm_to_a_transaction
from django_share_analytics.stats import caching
from django_share_analytics.stats.counting import ShareCount
from django_share_analytics.stats.days import most_first
from django_share_analytics.stats.visibility import all_apps, public_apps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_share_analytics.keys import AppOrKey

    Kept = tuple[Any, dict[str, int], float]
    """An app's key, its shares by platform, and when they were counted."""

SHARE_COUNT_VERSION = 3
"""Raised when the shape of what is cached changes: an upgrade never serves an old shape."""


@dataclass(frozen=True, slots=True)
class CachedShareCount:
    """A share count that may have been counted a while ago."""

    count: ShareCount
    age: int
    """Seconds since it was counted."""


def cached_share_count(app: AppOrKey, *, public: bool = False) -> CachedShareCount:
    """The count of ``app``, at most ``SHARE_COUNT_CACHE_SECONDS`` old.

    :raises InvalidShare: ``app`` is neither an object of the shared model nor a key.
    :raises UnknownApp: no app has this key; with ``public``, no public one.
    """
    for found in cached_share_counts([app], public=public).values():
        return found
    raise UnknownApp


def cached_share_counts(
    apps: Iterable[AppOrKey], *, public: bool = False
) -> dict[Any, CachedShareCount]:
    """The counts of many apps by their keys, each at most ``SHARE_COUNT_CACHE_SECONDS`` old.

    In the order asked; apps that are not there are left out. With ``public``, so are those that the
    setting ``PUBLIC_APPS`` leaves out. One trip to the cache, and one query for what is not in it.

    :raises InvalidShare: one of ``apps`` is neither an object of the shared model nor a key.
    """
    places = {share_count_cache_key(key, public=public): key for key in map(app_key, apps)}
    seconds = get_settings().share_count_cache_seconds
    found: dict[str, Kept] = {}
    if seconds:
        found = _young(caching.get_many(places), seconds)
    missing = {place: key for place, key in places.items() if place not in found}
    if missing:
        counted = _count(missing, public=public)
        if seconds:
            caching.set_many(counted, seconds)
        found.update(counted)
    now = time.time()
    return {
        key: CachedShareCount(ShareCount(*found[place][:2]), max(0, int(now - found[place][2])))
        for place, key in places.items()
        if place in found
    }


def share_count_cache_key(key: Any, *, public: bool = False) -> str:
    """Where a count is kept: that for everyone's eyes apart, as not every app may have one.

    The counts of each database apart, too: a site's router may give each tenant one.
    """
    kind = "public-share-count" if public and get_settings().public_apps else "share-count"
    return caching.make_key(kind, SHARE_COUNT_VERSION, router.db_for_read(AppPlatformCount), key)


def _young(kept: Mapping[str, Kept], seconds: int) -> dict[str, Kept]:
    """What may still be served: the setting may have been longer when it was kept."""
    oldest = time.time() - seconds
    return {place: count for place, count in kept.items() if count[2] > oldest}


def _count(missing: Mapping[str, Any], *, public: bool) -> dict[str, Kept]:
    """Count the apps that are there, with one query.

    Where the database can't be asked for a key, as it has no characters for it, the others are
    counted without: no app has that key.
    """
    try:
        return _count_together(missing, public=public)
    except Exception as error:
        if not is_lack_of_characters(error):
            raise
    if len(missing) == 1:
        return {}
    places = list(missing)
    halves = places[: len(places) // 2], places[len(places) // 2 :]
    parts = (_count({place: missing[place] for place in half}, public=public) for half in halves)
    return {place: count for part in parts for place, count in part.items()}


def _count_together(missing: Mapping[str, Any], *, public: bool) -> dict[str, Kept]:
    apps = public_apps() if public else all_apps()
    platforms = "share_analytics_platform_counts__platform", "share_analytics_platform_counts__n"
    rows = apps.filter(pk__in=list(missing.values())).order_by()
    now = time.time()
    counts: dict[Any, dict[str, int]] = {}
    with without_harm_to_a_transaction(rows.db):
        for key, platform, n in rows.values_list("pk", *platforms):
            counts.setdefault(key, {})[platform] = n or 0
    found = {key: (key, most_first([by_platform]), now) for key, by_platform in counts.items()}
    # MariaDB also finds "app-1" when asked for "APP-1".
    return {place: found[key] for place, key in missing.items() if key in found}
