"""How old shares are that go, or of which something goes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import router

from django_share_analytics.conf import MIN_DAYS, SETTING, get_settings, reporting_zone
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import ShareAnalyticsError
from django_share_analytics.models import Share
from django_share_analytics.periods import FIRST_DAY, day_start, local_day

if TYPE_CHECKING:
    from django_share_analytics.models import ShareQuerySet


class TooRecent(ShareAnalyticsError, ValueError):  # noqa: N818 - names a thing, not an error
    """Shares of the last days stay as they are: some may still be on their way."""


class NoAge(ShareAnalyticsError, ValueError):  # noqa: N818
    """Nobody said how old what goes has to be: neither the caller nor the setting."""


def first_day_kept(older_than: date | int | None, setting: str) -> date:
    """The day that ``older_than`` means, or else the setting of this name: what is older goes.

    Days are those of the reporting zone; a number is one of days before today.

    :raises NoAge: neither says.
    """
    if older_than is None:
        older_than = getattr(get_settings(), setting.lower())
    if older_than is None:
        raise NoAge(
            f'{SETTING}["{setting}"] is None: say how old, as in --older-than 90d, or set it.'
        )
    return older_than if isinstance(older_than, date) else day_before(older_than)


def day_before(days: int) -> date:
    """The day that was so many days ago."""
    try:
        return max(FIRST_DAY, local_day(utc_now(), reporting_zone()) - timedelta(days=days))
    except OverflowError:
        return FIRST_DAY


def shares_before(day: date) -> ShareQuerySet:
    """The shares from before ``day``, which is long enough ago.

    :raises TooRecent: it is less than ``MIN_DAYS`` days ago.
    """
    if day > day_before(MIN_DAYS):
        raise TooRecent(f"Shares of the last {MIN_DAYS} days can't be pruned or blanked.")
    using = router.db_for_write(Share)
    return Share.objects.using(using).filter(timestamp__lt=day_start(day, reporting_zone()))
