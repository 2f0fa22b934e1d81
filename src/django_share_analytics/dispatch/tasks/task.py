"""What the task does that writes a share, also when that is not possible yet."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

from django_share_analytics.backoff import backoff
from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.tasks.database import is_database, left_behind
from django_share_analytics.dispatch.tasks.framework import task_backends
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import AWAY
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import describe
from django_share_analytics.writing.payloads import Unwritten, let_connection_go, write_payloads

if TYPE_CHECKING:
    from django_share_analytics.dispatch.tasks.framework import Task

logger = logging.getLogger(__name__)


def anywhere() -> dict[str, Any]:
    """A backend and a queue that this project has: the framework asks for one at once.

    Where shares really go is in the dispatcher's options.
    """
    for alias in task_backends:
        queues = task_backends[alias].queues
        return {"backend": alias, "queue_name": min(queues, default="default")}
    raise ImproperlyConfigured("TASKS names no backend.")


PUT_OFF_SECONDS = 60.0
"""After how long what a newer version reads comes again, where the queue can put it off."""
BRIEFLY_SECONDS = 5.0
"""How long a worker keeps it where the queue can't, before it goes to the end of that."""


def write_at_once(payload: str) -> None:
    """Write one event in the request that brings it.

    :raises django.db.Error: it could not be written. The framework logs it as it is, so it says
        nothing of the share.
    """
    try:
        write_payloads([payload]).insist()
    except Exception as error:
        kind = OperationalError if isinstance(error, AWAY) else DatabaseError
        raise kind(describe(error)) from None


def write_share(here: Task[..., Any], payload: str, *, is_second_try: bool) -> None:
    """Write one event, however long the database is away. ``here``: the task, and its queue.

    One of a place that is away, where there are others, goes back into the queue meanwhile; so does
    one that only a newer version reads.
    """
    unwritten = _write_patiently(payload, count_unknown=is_second_try)
    if unwritten.newer:
        _give_back(here, payload, is_second_try=is_second_try)
    while unwritten.waiting:
        # A queue that can't put it off would bring it back at once, and again and again.
        can_wait = here.get_backend().supports_defer
        if can_wait and _try_later(here, payload, is_second_try=is_second_try):
            break
        time.sleep(second_tries.SECOND_TRY_SECONDS)
        unwritten = _write_patiently(payload, count_unknown=is_second_try)
    is_unknown = unwritten.unknown and not is_second_try
    if is_unknown and not _try_later(here, payload, is_second_try=True):
        while _write_patiently(payload, count_unknown=True).waiting:
            time.sleep(second_tries.SECOND_TRY_SECONDS)
    if is_database(type(here.get_backend())):
        left_behind.take_over(here)


def _write_patiently(payload: str, *, count_unknown: bool) -> Unwritten:
    """Write, unless the app is unknown or the place, one of many, is away."""
    for delay in backoff():
        try:
            unwritten = write_payloads([payload], count_unknown=count_unknown)
            if unwritten.waiting:
                let_connection_go()
            return unwritten
        except Exception as error:  # a task that raises is not run again
            logger.warning("A share waits for the database: %s", describe(error))
            let_connection_go()
        time.sleep(delay)
    raise AssertionError("backoff() never ends")


def _give_back(here: Task[..., Any], payload: str, *, is_second_try: bool) -> None:
    """To the end of the queue: what is behind it doesn't wait for the next version."""
    if n := repeats.of("tasks of a newer version"):
        logger.warning("A newer version enqueued shares, which wait for its workers (%d)", n)
    if not here.get_backend().supports_defer:
        time.sleep(BRIEFLY_SECONDS)
    while not _try_later(here, payload, is_second_try=is_second_try, seconds=PUT_OFF_SECONDS):
        time.sleep(BRIEFLY_SECONDS)


def _try_later(
    here: Task[..., Any], payload: str, *, is_second_try: bool, seconds: float | None = None
) -> bool:
    """Whether the share will be looked at once more, after so many seconds if that can be."""
    if here.get_backend().supports_defer:
        seconds = second_tries.SECOND_TRY_SECONDS if seconds is None else seconds
        here = here.using(run_after=utc_now() + timedelta(seconds=seconds))
    try:
        here.enqueue(payload, is_second_try=is_second_try)
    except Exception as error:
        logger.warning("The queue takes no second try: %s", describe(error))
        return False
    return True
