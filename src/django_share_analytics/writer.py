"""The one place that stores shares: rows and counts in one transaction, each id once."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, connections, router, transaction

from . import outcomes, rollups, upsert
from .conf import get_app_model, reporting_zone
from .models import OutcomeHour, Share
from .periods import hour_start
from .signals import shares_dropped, shares_recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import Model

    from .events import ShareEvent

T = TypeVar("T")

MAX_ATTEMPTS = 8
MAX_SECONDS = 5.0
"""How often, and for how long, a transaction is tried when others get in its way."""

COLUMNS = (
    "id",
    "app",
    "platform",
    "user",
    "session_id",
    "timestamp",
    "user_agent",
    "referrer_url",
)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a batch. Every event of it is in exactly one of these."""

    recorded: list[ShareEvent] = field(default_factory=list)
    duplicates: list[ShareEvent] = field(default_factory=list)
    unknown_app: list[ShareEvent] = field(default_factory=list)


def write_shares(events: Sequence[ShareEvent], *, count_unknown: bool = True) -> WriteResult:
    """Store the shares that are not there yet, and count them.

    Everything or nothing: when this returns, rows and counts are committed (or part of the
    transaction around it); when it raises, nothing of the batch is. Any batch may be written again.
    Events of unknown apps are left out, and counted as such unless ``count_unknown`` is false:
    an app may be in a transaction that commits a moment later.

    :raises django.db.Error: the database is away, or refuses one of the events.
    """
    using = router.db_for_write(Share)
    result = in_transaction(using, lambda: _write(events, using, count_unknown=count_unknown))
    _announce(result, using, count_unknown=count_unknown)
    return result


def in_transaction(using: str, work: Callable[[], T]) -> T:
    """What ``work()`` returns, run in a transaction; again when others get in its way.

    :raises django.db.Error: the database is away, or refuses what ``work`` does.
    """
    connection = connections[using]
    deadline = time.monotonic() + MAX_SECONDS
    for attempts_left in reversed(range(MAX_ATTEMPTS)):
        try:
            with transaction.atomic(using=using):
                return work()
        except DatabaseError as error:
            again = upsert.is_conflict(connection, error) or isinstance(error, IntegrityError)
            # A host's transaction that the database undid with ours can't be gone on with.
            hopeless = connection.needs_rollback or time.monotonic() > deadline
            if not again or hopeless or not attempts_left:
                raise
    raise AssertionError("unreachable")


def record_outcomes(reasons: Mapping[tuple[str, Any], int]) -> None:
    """Count events that were not recorded: ``{(reason, instant): n}``."""
    using = router.db_for_write(OutcomeHour)
    with transaction.atomic(using=using):
        _count_outcomes(reasons, using)


def _write(events: Sequence[ShareEvent], using: str, *, count_unknown: bool) -> WriteResult:
    connection = connections[using]
    upsert.lock_for_writing(connection, Share)
    upsert.check_constraints_now(connection, [Share, rollups.APP.model, rollups.APP_PLATFORM.model])
    result = WriteResult()
    candidates = _resolve(_distinct(events, result), using, result)
    rows = {event.id: _row(event) for event in candidates}
    new = upsert.insert_new(connection, Share, COLUMNS, rows) if rows else set()
    for event in candidates:
        (result.recorded if event.id in new else result.duplicates).append(event)
    rollups.apply(rollups.cells_of(result.recorded), using)
    _count_outcomes(_outcomes_of(result, count_unknown=count_unknown), using)
    return result


def _row(event: ShareEvent) -> tuple[Any, ...]:
    return (
        event.id,
        event.app_id,
        event.platform,
        event.user_id,
        event.session_id,
        event.timestamp,
        event.user_agent,
        event.referrer_url,
    )


def _distinct(events: Iterable[ShareEvent], result: WriteResult) -> list[ShareEvent]:
    distinct: dict[UUID, ShareEvent] = {}
    for event in events:
        if event.id in distinct:
            result.duplicates.append(event)
        else:
            distinct[event.id] = event
    return list(distinct.values())


def _resolve(events: list[ShareEvent], using: str, result: WriteResult) -> list[ShareEvent]:
    """The events of apps that exist, by the key as it is stored, without users that are gone."""
    apps = _stored_keys(get_app_model(), {event.app_id for event in events}, using)
    users = _stored_keys(get_user_model(), {event.user_id for event in events} - {None}, using)
    users[None] = None
    known = []
    for event in events:
        if event.app_id not in apps:
            result.unknown_app.append(event)
            continue
        app_id, user_id = apps[event.app_id], users.get(event.user_id)
        if app_id != event.app_id or user_id != event.user_id:
            event = replace(event, app_id=app_id, user_id=user_id)  # noqa: PLW2901
        known.append(event)
    return known


def _stored_keys(model: type[Model], keys: set[Any], using: str) -> dict[Any, Any]:
    """Each key that the database finds, and the one that is stored there."""
    if not keys:
        return {}
    rows = model._base_manager.using(using)
    found = {key: key for key in rows.filter(pk__in=keys).values_list("pk", flat=True)}
    if connections[using].vendor == "mysql":
        # Its collations take "APP-1" for "app-1": a foreign key would accept what no join finds.
        for key in {key for key in keys if isinstance(key, str)} - set(found):
            stored = rows.filter(pk=key).values_list("pk", flat=True).first()
            if stored is not None:
                found[key] = stored
    return found


def _outcomes_of(result: WriteResult, *, count_unknown: bool) -> Counter[tuple[str, Any]]:
    reasons = Counter((outcomes.DUPLICATE, event.timestamp) for event in result.duplicates)
    if count_unknown:
        reasons.update((outcomes.UNKNOWN_APP, event.timestamp) for event in result.unknown_app)
    return reasons


def _count_outcomes(reasons: Mapping[tuple[str, Any], int], using: str) -> None:
    zone = reporting_zone()
    sums: Counter[tuple[Any, str]] = Counter()
    for (reason, instant), n in reasons.items():
        sums[hour_start(instant, zone), reason] += n
    if sums:
        upsert.add(connections[using], OutcomeHour, ("hour", "reason"), sums)


def _announce(result: WriteResult, using: str, *, count_unknown: bool) -> None:
    sendings = [
        (shares_recorded, result.recorded, {}),
        (shares_dropped, result.duplicates, {"reason": outcomes.DUPLICATE}),
    ]
    if count_unknown:
        sendings.append((shares_dropped, result.unknown_app, {"reason": outcomes.UNKNOWN_APP}))
    for signal, events, why in sendings:
        if events:
            send = partial(signal.send_robust, sender=Share, events=events, **why)
            transaction.on_commit(send, using=using, robust=True)
