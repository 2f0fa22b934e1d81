"""What is kept for longer than the settings say, because nobody does what they say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Warning

from django_share_analytics.checks.databases import first_row
from django_share_analytics.checks.settings import readable_settings
from django_share_analytics.conf import SETTING
from django_share_analytics.events import utc_now
from django_share_analytics.models import Share, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SLACK = timedelta(days=7)
"""What runs once a week is in time, too."""


def check_personal_data_days(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W039: ``blank_shares`` has been through the shares that are old enough."""
    ours = readable_settings()
    return [
        Warning(
            f"In the database {alias!r} shares are older than "
            f'{SETTING}["PERSONAL_DATA_DAYS"], {days} days, and say who shared.',
            hint="Run manage.py blank_shares once a day, or set PERSONAL_DATA_DAYS to None.",
            id="share_analytics.W039",
        )
        for alias in databases or ()
        if ours
        and (days := ours.personal_data_days) is not None
        and _has_older(alias, days, since=_blanked_to(alias))
    ]


def check_shares_days(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W040: ``prune_shares`` has deleted the shares that are old enough."""
    ours = readable_settings()
    return [
        Warning(
            f"In the database {alias!r} shares are older than "
            f'{SETTING}["SHARES_DAYS"], {days} days.',
            hint="Run manage.py prune_shares once a day, or take SHARES_DAYS out.",
            id="share_analytics.W040",
        )
        for alias in databases or ()
        if ours and (days := ours.shares_days) is not None and _has_older(alias, days)
    ]


def _has_older(alias: str, days: int, since: datetime | None = None) -> bool:
    """Whether the oldest share, or the oldest from then on, is too old. By the index on time."""
    shares = Share.objects.using(alias).order_by("timestamp").values_list("timestamp", flat=True)
    oldest = first_row(
        alias, Share._meta.db_table, shares.filter(timestamp__gte=since) if since else shares
    )
    return oldest is not None and oldest < utc_now() - timedelta(days=days) - SLACK


def _blanked_to(alias: str) -> datetime | None:
    row = first_row(alias, State._meta.db_table, State.objects.using(alias))
    return row.blanked_to if row else None
