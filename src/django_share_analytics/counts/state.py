"""What the database remembers about its counts: one row, beside the counts that it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.apps import apps as registry
from django.db import IntegrityError, connections, router, transaction

from django_share_analytics.conf import APP_LABEL, reporting_zone
from django_share_analytics.events import utc_now
from django_share_analytics.periods import day_start, local_day
from django_share_analytics.sql.locks import read_and_keep

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from django.apps.registry import Apps
    from django.db.models import Model, QuerySet

ONLY_ROW = 1
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""


def closed_days_version(using: str | None = None) -> UUID | None:
    """Another value whenever counts of a day that was over have changed since.

    What is computed from closed days alone may be kept under this version and is right as long as
    it stays the same. Read it before the counts. ``None``: nothing may be kept.
    """
    version: UUID | None = _row(using).values_list("closed_days_version", flat=True).first()
    return version


def count_of_closed_days_changes(instant: datetime) -> bool:
    """Whether a share of this instant is counted on a day that somebody may take for closed."""
    zone = reporting_zone()
    return instant < day_start(local_day(utc_now() + CLOCKS_MAY_DIFFER, zone), zone)


def closed_days_changed(using: str) -> None:
    """Say so, in the transaction that changes them and after everything else in it.

    Whoever changes closed days waits here for the others, so all have taken their other locks.
    """
    if not _row(using).update(closed_days_version=uuid4()):
        remember(using)


def link_days_version(using: str | None = None) -> UUID | None:
    """As :func:`closed_days_version`, for what became of shares: it changes with steps of a day
    that was over, and not with steps of today for shares of the day before.

    A step of today is within a window only for shares that are no older than that: what is counted
    within ``w`` days of the shares of a day is complete when ``w`` more days are over.
    """
    version: UUID | None = _row(using).values_list("link_days_version", flat=True).first()
    return version


class Known(NamedTuple):
    """What is to be known before counts or rows are read."""

    closed_days_version: UUID | None = None
    link_days_version: UUID | None = None
    retained_from: datetime | None = None
    """Shares from before it are gone; ``None``: all are there."""


def what_is_known(using: str | None = None) -> Known:
    """All of it, with one query."""
    row = _row(using).values_list(*Known._fields).first()
    return Known(*row) if row else Known()


def link_days_changed(using: str) -> None:
    """Say so, as with :func:`closed_days_changed`."""
    if not _row(using).update(link_days_version=uuid4()):
        remember(using)


def read(using: str, *, lock: bool = False) -> Any:
    """The row, which is made when it is missing. ``lock``: nobody changes it until the commit."""
    rows = _row(using).select_for_update() if lock else _row(using)
    row = rows.first()
    if row is None:
        remember(using)
        row = rows.get()
    return row


def keep(using: str) -> Any:
    """The row, as :func:`read` gives it; nobody changes it until the commit. Comes last of all.

    Others may keep it meanwhile, unless there is a transaction around ours: that one may go on to
    change the row, and two of those would wait for each other.
    """
    if connections[using].savepoint_ids:
        return read(using, lock=True)
    row = _row(using)
    kept = read_and_keep(row.values_list())
    return row.model(*kept[0]) if kept else read(using, lock=True)


def change(using: str, **values: Any) -> None:
    """Change the row, last of all in a transaction: others wait for it and hold other locks."""
    _row(using).update(**values)


def raise_mark(using: str, row: Any, name: str, instant: datetime) -> None:
    """Move a mark of the locked ``row`` to this instant, as :func:`change`. It never goes back."""
    mark = getattr(row, name)
    if mark is None or mark < instant:
        change(using, **{name: instant})


def note_repair(using: str, number: int, **values: Any) -> bool:
    """Say that counts were corrected; false when somebody else did so after repair ``number``.

    Comes last in the transaction that corrects them, which is to be undone when it is false.
    """
    versions = {"closed_days_version": uuid4(), "link_days_version": uuid4()}
    values |= {"repairs": number + 1, **versions}
    return bool(_row(using).filter(repairs=number).update(**values))


def stored_zone(name: str) -> tzinfo:
    """The zone of this name; the one that is set when this machine knows none of the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return reporting_zone()


def remember(using: str, apps: Apps = registry) -> None:
    """Make the row, unless there is one: the counts are of the zone that is set now."""
    model = apps.get_model(APP_LABEL, "State")
    values = {"reporting_zone": str(reporting_zone()), "closed_days_version": uuid4()}
    try:
        with transaction.atomic(using=using):
            model._base_manager.using(using).get_or_create(pk=ONLY_ROW, defaults=values)
    except IntegrityError:
        pass  # somebody else made it just now


def remember_after_migrate(*, using: str, apps: Apps = registry, **kwargs: Any) -> None:
    """``post_migrate``: also after a flush, which takes the row along and names no ``apps``."""
    try:
        model = apps.get_model(APP_LABEL, "State")
    except LookupError:
        return  # migrated to a state before there was one
    if router.allow_migrate_model(using, model):
        remember(using, apps)


def _row(using: str | None) -> QuerySet[Model]:
    rows: QuerySet[Model] = registry.get_model(APP_LABEL, "State")._base_manager.all()
    return (rows.using(using) if using else rows).filter(pk=ONLY_ROW)
