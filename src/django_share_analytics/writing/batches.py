"""A batch on its way to the writer: what a dispatcher calls when it has gathered some events.

It may be of many places (see :mod:`.places`). Each is a batch of its own, that waits for no other.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from django_share_analytics import outcomes
from django_share_analytics.conf import get_app_model, is_under_tests, is_unset_under_tests
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent, utc_now
from django_share_analytics.exceptions import ShareAnalyticsError, UnknownTenant
from django_share_analytics.models import Share
from django_share_analytics.places import NOWHERE, by_place, database_name, inside
from django_share_analytics.signals import shares_dropped
from django_share_analytics.sql import errors
from django_share_analytics.steps import VISIT
from django_share_analytics.wording import describe
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.charsets import as_it_is, next_spelling
from django_share_analytics.writing.resting import resting
from django_share_analytics.writing.results import WriteResult
from django_share_analytics.writing.tending import tend
from django_share_analytics.writing.writer import record_outcomes, write_shares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django_share_analytics.events import Event
    from django_share_analytics.places import EventT, Place
    from django_share_analytics.writing.charsets import Spelling

logger = logging.getLogger(__name__)


NAMES = {
    ShareEvent: "share(s)",
    LinkEvent: "step(s) on links",
    ImpressionEvent: "impression(s)",
}


class Resting(ShareAnalyticsError, DatabaseError):  # noqa: N818
    """It could not be written to a moment ago, and is left alone for a while."""


class NotAllWritten(ShareAnalyticsError, DatabaseError):  # noqa: N818 - names a state, not an error
    """Some places could not be written to. What is of others is written."""

    def __init__(
        self,
        result: WriteResult,
        waiting: list[Event],
        problems: Mapping[Place, Exception],
    ) -> None:
        super().__init__("; ".join(f"{place}: {describe(why)}" for place, why in problems.items()))
        self.result = result
        """What became of the others."""
        self.waiting = waiting
        """Write these again later; to write all of them again changes nothing."""
        self.is_news = not all(isinstance(why, Resting) for why in problems.values())
        """Whether somebody was asked, and so whether to say it in the log."""


def write_batch(events: Sequence[Event], *, count_unknown: bool = True) -> WriteResult:
    """Write a batch. What a database refuses of it is set aside and counted.

    :raises NotAllWritten: a place is away, or takes no share; write what is of it again later.
    :raises django.db.Error: the same, of the only one that there is.
    """
    try:
        result = write_by_halves(events, set_refused_aside, count_unknown=count_unknown)
    except NotAllWritten as partly:
        _drop_unknown(partly.result)
        raise
    _drop_unknown(result)
    return result


def write_by_halves(
    events: Sequence[EventT],
    refuse: Callable[[EventT, Exception], None],
    *,
    count_unknown: bool = True,
) -> WriteResult:
    """Write a batch. One event that a database refuses doesn't take its neighbours along.

    What is of one place is halved until the bad event stands alone, and ``refuse`` is told of it.
    Not so when the database would take no share at all, as with a column that the next version
    added. Nor does one place take along what is of others. Texts for which it has no characters
    are spelt with those that it has.

    :raises NotAllWritten: a place is away, or takes no share; write what is of it again later.
    :raises django.db.Error: the same, of the only one that there is.
    """
    result = WriteResult()
    waiting: list[Event] = []
    problems: dict[Place, Exception] = {}
    for place, group in resting.last_come_those_that_failed(by_place(events)):
        try:
            result += _write_there(place, group, refuse, count_unknown=count_unknown)
        except UnknownTenant as error:
            logger.warning("%s belong nowhere: %s", _how_many(group), error)
            result.unknown_tenant.extend(group)
        except Exception as error:
            if len(group) == len(events) and place == NOWHERE:
                raise
            waiting.extend(group)
            problems[place] = error
    if problems:
        raise NotAllWritten(result, waiting, problems) from next(iter(problems.values()))
    return result


def _write_there(
    place: Place,
    events: Sequence[EventT],
    refuse: Callable[[EventT, Exception], None],
    *,
    count_unknown: bool,
) -> WriteResult:
    # A test's database is not away because that of the test before was.
    is_of_a_test = is_unset_under_tests("DISPATCHERS")
    if place != NOWHERE and not is_of_a_test and (why := resting.why_not(place)):
        raise Resting(why)
    try:
        with inside(place) as using:
            name = database_name(using)
            of_tests = [event for event in events if event.database not in ("", name)]
            if of_tests:
                events = [event for event in events if event.database in ("", name)]
            result = WriteResult(unknown_tenant=list(of_tests))
            if events:
                result += _write_halves(events, using, refuse, count_unknown=count_unknown)
            if not is_of_a_test:
                tend(place, using)
    except UnknownTenant:
        resting.note_success(place)
        raise
    except Exception as error:
        resting.note_failure(place, error)
        raise
    resting.note_success(place)
    return result


def _write_halves(
    events: Sequence[EventT],
    using: str,
    refuse: Callable[[EventT, Exception], None],
    *,
    count_unknown: bool,
) -> WriteResult:
    def write(part: Sequence[EventT], spelling: Spelling = as_it_is) -> WriteResult:
        try:
            return _write_spelt(part, spelling, using, count_unknown=count_unknown)
        except Exception as error:
            if errors.is_lack_of_characters(error) and (other := next_spelling(spelling, part)):
                return write(part, other)
            # Asked again before one is given up: a table may be changed while a batch is written.
            is_asked = len(part) in (len(events), 1)
            if not errors.is_refusal(error) or (is_asked and _takes_none(part, using)):
                raise
            if len(part) == 1:
                refuse(part[0], error)
                return WriteResult(refused=list(part))
        middle = len(part) // 2
        return write(part[:middle]) + write(part[middle:])

    return write(events)


def _write_spelt(
    events: Sequence[Event], spelling: Spelling, using: str, *, count_unknown: bool
) -> WriteResult:
    """Write them in another spelling. What is not written is told as it came."""
    if spelling is as_it_is:
        return write_shares(events, count_unknown=count_unknown, using=using)
    spelt = [spelling(event) for event in events]
    came = {id(other): event for other, event in zip(spelt, events, strict=True)}
    result = write_shares(spelt, count_unknown=count_unknown, using=using)
    dropped = {
        each.name: [came.get(id(event), event) for event in getattr(result, each.name)]
        for each in fields(result)
        if each.name != "recorded"
    }
    return replace(result, **dropped)


def _takes_none(events: Sequence[Event], using: str) -> bool:
    """Whether the database refuses even a share with nothing special about it, or a visit by its
    link or an impression where there are such among ``events``.

    Found out by writing one, and undoing that. So bad ones in any number hold up no good one.
    """
    app_id = get_app_model()._base_manager.using(using).values_list("pk", flat=True).first()
    try:
        with transaction.atomic(using=using):
            share = ShareEvent(app_id, "copy")
            ordinary: list[Event] = [
                share,
                LinkEvent(share.id, VISIT, app_id),
                ImpressionEvent(("top",), 1),
            ]
            kinds = {ShareEvent, *map(type, events)}
            write_shares([event for event in ordinary if type(event) in kinds], using=using)
            transaction.set_rollback(True, using=using)
    except Exception as error:
        if not errors.is_refusal(error):
            raise
        return app_id is not None
    return False


def set_refused_aside(event: Event, error: Exception) -> None:
    """Where it was refused."""
    set_aside.set_event_aside(event, outcomes.REFUSED_BY_DATABASE, error)


def drop(events: Sequence[Event], reason: str, *, is_counted: bool = True) -> None:
    """Give events up: say so in the log and by the signal, and count them, each in its place.

    :raises django.db.Error: some could not be counted.
    """
    logger.error("Dropped %s, %s; the first is %s", _how_many(events), reason, events[0].id)
    if not is_counted:
        _announce_loss(events, reason)
        return
    failures: list[Exception] = []
    for place, group in resting.last_come_those_that_failed(by_place(events)):
        try:
            with inside(place) as using:
                record_outcomes({(reason, utc_now()): len(group)}, using=using)
                _announce_loss(group, reason)
        except UnknownTenant:
            _drop_here(group)
        except Exception as error:
            _announce_loss(group, reason)
            failures.append(error)
    if failures:
        raise failures[0]


def _drop_unknown(result: WriteResult) -> None:
    lost = result.unknown_tenant
    if not is_under_tests():  # what they left when they were over is nothing that a site has lost
        lost = [event for event in lost if not event.database]
    if lost:
        n = _how_many(lost)
        logger.error("Dropped %s, unknown_tenant; the first is %s", n, lost[0].id)
        _drop_here(lost)


def _drop_here(events: Sequence[Event]) -> None:
    """What belongs nowhere is counted where this is, if that has a table for it."""
    _announce_loss(events, outcomes.UNKNOWN_TENANT)
    try:
        record_outcomes({(outcomes.UNKNOWN_TENANT, utc_now()): len(events)})
    except Exception as error:
        logger.warning("%s dropped could not be counted: %s", _how_many(events), describe(error))


def _announce_loss(events: Sequence[Event], reason: str) -> None:
    """Of shares. What was seen on their links and of buttons is counted, and nobody is told."""
    if shares := [event for event in events if isinstance(event, ShareEvent)]:
        shares_dropped.send_robust(sender=Share, events=shares, reason=reason)


def _how_many(events: Sequence[Event]) -> str:
    found = Counter(map(type, events))
    return " and ".join(f"{found[kind]} {what}" for kind, what in NAMES.items() if found[kind])
