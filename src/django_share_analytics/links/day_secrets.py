"""The secrets of days, as the database has them: today's and tomorrow's, and no other.

A day is one of UTC. Whoever makes a secret may be one of many who do so at once: all take the one
that is stored.
"""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from django.apps import apps

from django_share_analytics.conf import APP_LABEL
from django_share_analytics.events import utc_now
from django_share_analytics.sql.transactions import in_transaction, without_harm_to_a_transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

SECRET_BYTES = 32


def utc_today() -> date:
    return utc_now().date()


def days_needed() -> tuple[date, date]:
    """Today, and tomorrow: made in advance, so that all have it when the day begins."""
    today = utc_today()
    return today, today + timedelta(days=1)


def read_day_secrets(using: str) -> Mapping[date, str]:
    """The secrets that are stored there, but for those of days that are over."""
    return dict(_stored(using).filter(day__gte=utc_today()).values_list("day", "secret"))


def keep_day_secrets(using: str) -> None:
    """Have the secrets of today and of tomorrow in the database, and none of a day that is over.

    To be called inside of a place, at most once a minute for each; in a transaction or in none.
    Nearly always it is one query. Nobody takes a secret for the day's before it is committed.

    :raises django.db.Error: the database is away, or refuses it.
    """
    with without_harm_to_a_transaction(using):
        days = set(_stored(using).values_list("day", flat=True))
    if missing := [day for day in days_needed() if day not in days]:
        in_transaction(using, lambda: _make(using, missing))
    if min(days, default=utc_today()) < utc_today():
        in_transaction(using, lambda: _stored(using).filter(day__lt=utc_today()).delete())


def _make(using: str, days: Iterable[date]) -> None:
    stored = _stored(using)
    made = [stored.model(day=day, secret=token_hex(SECRET_BYTES)) for day in days]
    stored.bulk_create(made, ignore_conflicts=True)


def _stored(using: str) -> QuerySet[Any]:
    # By its name: hosts import what tracks shares before Django has any models.
    stored: QuerySet[Any] = apps.get_model(APP_LABEL, "DaySecret")._base_manager.using(using)
    return stored
