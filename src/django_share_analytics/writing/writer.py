"""The one place that stores what comes: rows and counts in one transaction, each id once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connections, router, transaction

from django_share_analytics import outcomes
from django_share_analytics.conf import get_app_model, reporting_zone
from django_share_analytics.counts import retention, rollups
from django_share_analytics.counts.steps import note_steps
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent, utc_now
from django_share_analytics.models import OutcomeHour, Share
from django_share_analytics.periods import hour_start
from django_share_analytics.sql import locks, upsert
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.writing import impressions, steps
from django_share_analytics.writing.announcing import announce
from django_share_analytics.writing.existing import stored_keys
from django_share_analytics.writing.insertion import insert_and_count
from django_share_analytics.writing.milestones import note_milestones
from django_share_analytics.writing.proving import of_nobody
from django_share_analytics.writing.results import WriteResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from django_share_analytics.events import Event


class EventsByKind(NamedTuple):
    """What is written together, by what it is."""

    shares: Sequence[ShareEvent]
    links: Sequence[LinkEvent]
    impressions: Sequence[ImpressionEvent]


def write_shares(
    events: Sequence[Event], *, count_unknown: bool = True, using: str = ""
) -> WriteResult:
    """Store the shares, what became of shares, and impressions that are not there yet, and count
    them.

    In the database ``using``, else where the router says now: what events say themselves is for
    :mod:`.batches`, which comes here with what is of one place.

    Everything or nothing: when this returns, rows and counts are committed (or part of the
    transaction around it); when it raises, nothing of the batch is. Any batch may be written again.
    Events of unknown apps are left out, and counted as such unless ``count_unknown`` is false:
    an app may be in a transaction that commits a moment later.

    :raises django.db.Error: the database is away, or refuses one of the events.
    """
    using = using or router.db_for_write(Share)
    batch = EventsByKind(
        [event for event in events if isinstance(event, ShareEvent)],
        [event for event in events if isinstance(event, LinkEvent)],
        [event for event in events if isinstance(event, ImpressionEvent)],
    )
    nobodys = of_nobody(batch.shares, using)
    result = in_transaction(
        using, lambda: _write(batch, using, nobodys, count_unknown=count_unknown)
    )
    announce(result, using, count_unknown=count_unknown)
    return result


def record_outcomes(reasons: Mapping[tuple[str, Any], int], *, using: str = "") -> None:
    """Count events that were not recorded: ``{(reason, instant): n}``."""
    using = using or router.db_for_write(OutcomeHour)
    with transaction.atomic(using=using):
        _count_outcomes(reasons, using)


def _write(
    batch: EventsByKind,
    using: str,
    nobodys: set[tuple[UUID, str]],
    *,
    count_unknown: bool,
) -> WriteResult:
    connection = connections[using]
    locks.lock_for_writing(connection, Share)
    locks.check_constraints_now(connection, [Share, rollups.APP.model, rollups.APP_PLATFORM.model])
    result = WriteResult()
    marks = retention.look((event.timestamp for event in batch.shares), using)
    kept, too_old = retention.split(_distinct(batch.shares, result), marks)
    result.before_retention.extend(too_old)
    links = steps.of_apps(batch.links, using) if batch.links else batch.links
    apps = _lock_apps(kept, links, using)
    candidates = retention.blanked(_resolve(kept, using, apps, nobodys, result), marks)
    known = insert_and_count(candidates, using) if candidates else set()
    if known:
        result.duplicates.extend(event for event in candidates if event.id in known)
        candidates = [event for event in candidates if event.id not in known]
    result.recorded.extend(candidates)
    note_milestones(candidates, using)
    known_links, locked = _resolve_links(links, apps, result), set(apps.values())
    seen = steps.write_steps(known_links, candidates, locked, using)
    seen.add_to(result)
    robots = impressions.write_impressions(batch.impressions, result, using)
    reasons = _outcomes_of(result, count_unknown=count_unknown)
    _count_outcomes(reasons + seen.outcomes() + robots, using)
    # Both change the one row that all writers share: whoever has it locks nothing any more.
    if seen.counted:
        note_steps(min(seen.counted), using)
    if candidates:
        rollups.note_change(min(event.timestamp for event in candidates), using)
    stored = [event.timestamp for event in candidates]
    retention.confirm(stored, marks, using, of_steps=seen.of_shares)
    return result


def _lock_apps(
    shares: Sequence[ShareEvent], links: Sequence[LinkEvent], using: str
) -> dict[Any, Any]:
    """The apps of all these that are there; they can't go while something of theirs is stored."""
    named = {event.app_id for event in shares} | {event.app_id for event in links}
    return stored_keys(get_app_model(), named - {None}, using)


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
    events: Sequence[ShareEvent],
    using: str,
    apps: Mapping[Any, Any],
    nobodys: set[tuple[UUID, str]],
    result: WriteResult,
) -> list[ShareEvent]:
    """The events of apps that exist, by the key as it is stored, without users that are gone.

    Those of other apps are left as they came, so that whoever brought them knows them again.
    """
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


def _resolve_links(
    events: Sequence[LinkEvent], apps: Mapping[Any, Any], result: WriteResult
) -> list[LinkEvent]:
    """The same for what became of shares. What names no app is of a share that isn't there."""
    known = []
    for event in events:
        app = apps.get(event.app_id)
        if app is None and event.app_id is not None:
            result.unknown_app.append(event)
        else:
            known.append(event if app == event.app_id else replace(event, app_id=app))
    return known


def _outcomes_of(result: WriteResult, *, count_unknown: bool) -> Counter[tuple[str, Any]]:
    # The same visitor who comes once more is nothing that an operator would look into.
    reasons = Counter(
        (outcomes.DUPLICATE, event.timestamp)
        for event in result.duplicates
        if isinstance(event, ShareEvent)
    )
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
