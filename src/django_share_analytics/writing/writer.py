"""The one place that stores shares: rows and counts in one transaction, each id once."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connections, router, transaction

from django_share_analytics import outcomes
from django_share_analytics.conf import get_app_model, reporting_zone
from django_share_analytics.counts import retention, rollups
from django_share_analytics.events import utc_now
from django_share_analytics.models import OutcomeHour, Share
from django_share_analytics.periods import hour_start
from django_share_analytics.places import NOWHERE, Place, inside
from django_share_analytics.signals import shares_dropped, shares_recorded
from django_share_analytics.sql import locks, upsert
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.wording import describe
from django_share_analytics.writing.existing import stored_keys
from django_share_analytics.writing.insertion import insert_and_count
from django_share_analytics.writing.proving import of_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from django_share_analytics.events import ShareEvent


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a batch. Every event of it is in exactly one of these lists.

    Of several events with the same id, all but one are duplicates.
    """

    recorded: list[ShareEvent] = field(default_factory=list)
    duplicates: list[ShareEvent] = field(default_factory=list)
    unknown_app: list[ShareEvent] = field(default_factory=list)
    before_retention: list[ShareEvent] = field(default_factory=list)
    """Older than what is kept row by row, so that nobody can tell whether they are known."""
    unknown_tenant: list[ShareEvent] = field(default_factory=list)
    """Of a place that is gone, or that nobody named. (:func:`write_shares` has none of those.)"""
    refused: list[ShareEvent] = field(default_factory=list)
    """What the database does not take. (:func:`write_shares` raises its error instead.)"""

    def __add__(self, other: WriteResult) -> WriteResult:
        """What became of two batches."""
        return WriteResult(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )


def write_shares(
    events: Sequence[ShareEvent], *, count_unknown: bool = True, using: str = ""
) -> WriteResult:
    """Store the shares that are not there yet, and count them.

    In the database ``using``, else where the router says now: what events say themselves is for
    :mod:`.batches`, which comes here with what is of one place.

    Everything or nothing: when this returns, rows and counts are committed (or part of the
    transaction around it); when it raises, nothing of the batch is. Any batch may be written again.
    Events of unknown apps are left out, and counted as such unless ``count_unknown`` is false:
    an app may be in a transaction that commits a moment later.

    :raises django.db.Error: the database is away, or refuses one of the events.
    """
    using = using or router.db_for_write(Share)
    nobodys = of_nobody(events, using)
    result = in_transaction(
        using, lambda: _write(events, using, nobodys, count_unknown=count_unknown)
    )
    _announce(result, using, count_unknown=count_unknown)
    return result


def record_outcomes(reasons: Mapping[tuple[str, Any], int], *, using: str = "") -> None:
    """Count events that were not recorded: ``{(reason, instant): n}``."""
    using = using or router.db_for_write(OutcomeHour)
    with transaction.atomic(using=using):
        _count_outcomes(reasons, using)


def _write(
    events: Sequence[ShareEvent], using: str, nobodys: set[tuple[UUID, str]], *, count_unknown: bool
) -> WriteResult:
    connection = connections[using]
    locks.lock_for_writing(connection, Share)
    locks.check_constraints_now(connection, [Share, rollups.APP.model, rollups.APP_PLATFORM.model])
    result = WriteResult()
    kept, too_old = retention.split(_distinct(events, result), using)
    result.before_retention.extend(too_old)
    candidates = _resolve(kept, using, nobodys, result)
    known = insert_and_count(candidates, using) if candidates else set()
    if known:
        result.duplicates.extend(event for event in candidates if event.id in known)
        candidates = [event for event in candidates if event.id not in known]
    result.recorded.extend(candidates)
    _count_outcomes(_outcomes_of(result, count_unknown=count_unknown), using)
    if result.recorded:
        rollups.note_change(min(event.timestamp for event in result.recorded), using)
        retention.confirm(result.recorded, using)
    return result


def _distinct(events: Sequence[ShareEvent], result: WriteResult) -> Sequence[ShareEvent]:
    """The events without those whose id another one had before."""
    if len({event.id for event in events}) == len(events):
        return events
    distinct: dict[UUID, ShareEvent] = {}
    for event in events:
        if event.id in distinct:
            result.duplicates.append(event)
        else:
            distinct[event.id] = event
    return list(distinct.values())


def _resolve(
    events: Sequence[ShareEvent], using: str, nobodys: set[tuple[UUID, str]], result: WriteResult
) -> list[ShareEvent]:
    """The events of apps that exist, by the key as it is stored, without users that are gone.

    Those of other apps are left as they came, so that whoever brought them knows them again.
    """
    apps = stored_keys(get_app_model(), {event.app_id for event in events}, using)
    named = {event.user_id for event in events if (event.id, event.user_proof) not in nobodys}
    users = stored_keys(get_user_model(), named - {None}, using)
    unchanged = {key for key, stored in apps.items() if key == stored}
    known = []
    for event in events:
        if event.app_id in unchanged and event.user_id is None:
            known.append(event)
        elif event.app_id in apps:
            is_nobodys = (event.id, event.user_proof) in nobodys
            user_id = None if is_nobodys else users.get(event.user_id)
            found = replace(event, app_id=apps[event.app_id], user_id=user_id, user_proof="")
            known.append(found)
        else:
            result.unknown_app.append(event)
    return known


def _outcomes_of(result: WriteResult, *, count_unknown: bool) -> Counter[tuple[str, Any]]:
    reasons = Counter((outcomes.DUPLICATE, event.timestamp) for event in result.duplicates)
    if count_unknown:
        reasons.update((outcomes.UNKNOWN_APP, event.timestamp) for event in result.unknown_app)
    if result.before_retention:  # now, where somebody sees it
        reasons[outcomes.BEFORE_RETENTION, utc_now()] = len(result.before_retention)
    return reasons


def _count_outcomes(reasons: Mapping[tuple[str, Any], int], using: str) -> None:
    zone = reporting_zone()
    sums: Counter[tuple[Any, str]] = Counter()
    for (reason, instant), n in reasons.items():
        sums[hour_start(instant, zone), reason] += n
    if sums:
        upsert.add_sums(connections[using], OutcomeHour, ("hour", "reason"), sums)


def _announce(result: WriteResult, using: str, *, count_unknown: bool) -> None:
    sendings = [
        (shares_recorded, result.recorded, {}),
        (shares_dropped, result.duplicates, {"reason": outcomes.DUPLICATE}),
        (shares_dropped, result.before_retention, {"reason": outcomes.BEFORE_RETENTION}),
    ]
    if count_unknown:
        sendings.append((shares_dropped, result.unknown_app, {"reason": outcomes.UNKNOWN_APP}))
    for signal, events, why in sendings:
        if events:
            send: Callable[[], object] = partial(
                signal.send_robust, sender=Share, events=events, **why
            )
            if connections[using].in_atomic_block:
                send = _sent_there(Place(events[0].using, events[0].tenant), send)
            transaction.on_commit(send, using=using, robust=True)


def _sent_there(place: Place, send: Callable[[], object]) -> Callable[[], None]:
    """The commit is a host's own, and may come when it is somewhere else already.

    Never raises: what the host does after its commit is done all the same.
    """

    def announce() -> None:
        try:
            with nullcontext() if place == NOWHERE else inside(place):
                send()
        except Exception as error:
            logger.warning("Shares are recorded, and nobody is told: %s", describe(error))

    return announce
