"""What writers look after beside their batches, once a minute at each place.

Steps that waited for too long, or whose shares were written at the same moment as they; the
secrets by which a day's visitors are told apart; and impressions that nobody reports again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import connections

from django_share_analytics import outcomes
from django_share_analytics.events import utc_now
from django_share_analytics.links.visitors import keep_day_secrets
from django_share_analytics.models import WaitingStep
from django_share_analytics.repeats import Repeats
from django_share_analytics.sql import locks
from django_share_analytics.sql.transactions import in_transaction, is_in_transaction
from django_share_analytics.wording import describe
from django_share_analytics.writing import waiting
from django_share_analytics.writing.impressions import forget_impressions
from django_share_analytics.writing.writer import record_outcomes, write_shares

if TYPE_CHECKING:
    from django_share_analytics.places import Place

logger = logging.getLogger(__name__)

rounds = Repeats()


def tend(place: Place, using: str) -> None:
    """Look after the place that this thread is in, if nobody of this process did a minute ago.

    Never raises, and leaves a host's own transaction alone.
    """
    try:
        if is_in_transaction(using) or not rounds.of(str(place)):
            return
    except Exception as error:
        _say(place, error)
        return
    # What has a share is taken up first, however long it waited. None keeps from the next.
    for work in (take_up_overdue, give_up, keep_day_secrets, forget_impressions):
        try:
            work(using)
        except Exception as error:
            _say(place, error)


def _say(place: Place, error: Exception) -> None:
    logger.warning("What waits at %s was not looked after: %s", place, describe(error))


def give_up(using: str) -> int:
    """Count what has waited for its share for too long as unknown; how many they were."""

    def delete_and_count() -> int:
        locks.lock_for_writing(connections[using], WaitingStep)
        if n := waiting.forget_old(using):
            record_outcomes({(outcomes.UNKNOWN_SHARE, utc_now()): n}, using=using)
        return n

    return in_transaction(using, delete_and_count)


def take_up_overdue(using: str) -> int:
    """Store what waits although its share is there; how many they were.

    What turns out to be no step of that share is counted by its reason, and waits no longer either.
    """
    if overdue := waiting.overdue(using):
        result = write_shares(overdue, using=using)
        waiting.forget(
            {event.id for event in overdue} - {event.id for event in result.waiting}, using
        )
    return len(overdue)
