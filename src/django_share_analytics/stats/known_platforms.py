"""Which platforms can be asked for: those of the setting, and those that were shared to before."""

from __future__ import annotations

from django_share_analytics.conf import get_settings
from django_share_analytics.models import AppPlatformCount
from django_share_analytics.platforms import MAX_NAME_LENGTH
from django_share_analytics.sql.lookups import first_of


def known_platform(spelling: str) -> str | None:
    """The name under which shares to this platform are stored, or ``None`` where there is none.

    By any of the spellings that the registry knows. One that it knows no more by its name, as long
    as it has counts: they stay when its shares are pruned.
    """
    if registered := get_settings().platforms.find(spelling):
        return registered.name
    if len(spelling) > MAX_NAME_LENGTH or not spelling.isprintable():
        return None  # no database is asked what it may not take
    counted = AppPlatformCount.objects.filter(platform=spelling, n__gt=0)
    name: str | None = first_of(counted.values_list("platform", flat=True))
    return name
