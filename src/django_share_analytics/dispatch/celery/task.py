"""What Celery workers do with shares: many at a time where they can, one by one elsewhere."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from celery import Task, shared_task
from celery.exceptions import Reject
from django.db import close_old_connections

from django_share_analytics.dispatch.celery.gathering import Gathering, missing_in
from django_share_analytics.dispatch.celery.giving_back import send_back
from django_share_analytics.dispatch.celery.messages import TASK
from django_share_analytics.wording import describe
from django_share_analytics.writing.payloads import Unwritten, let_connection_go, write_payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from celery import Celery

logger = logging.getLogger(__name__)

REST_SECONDS = 2.0
"""How long a task that is run by itself keeps a share that can't be written yet."""


class GatheredTask(Task):  # type: ignore[misc]
    """A task whose messages are run by the batch, in one process of the pool at a time.

    Only a worker with an event loop (prefork, threads) can gather; others run one by one. Whatever
    happens to a worker or to a process of its pool, the broker delivers again what was not written.
    """

    abstract = True
    acks_late = True
    reject_on_worker_lost = True
    ignore_result = True
    _gathering: Gathering | None = None

    def start_strategy(self, app: Celery, consumer: Any, **kwargs: Any) -> Callable[..., Any]:
        """Called by each worker that knows the task, again when it has lost its connection."""
        if self._gathering:
            self._gathering.end()  # those messages have become somebody else's
            self._gathering = None
        if consumer.hub and not (missing := missing_in(consumer)):
            consumer = self._gathering = Gathering(consumer, write_gathered, send_back)
        elif consumer.hub:
            logger.error(
                "Shares are written one by one: this version of Celery has no %s",
                ", ".join(missing),
            )
        strategy: Callable[..., Any] = super().start_strategy(app, consumer, **kwargs)
        return strategy


# Messages carry the name and the shape of the arguments: they never change.
@shared_task(bind=True, base=GatheredTask, name=TASK)  # type: ignore[untyped-decorator]
def record_share(self: Task, payload: str) -> None:
    """Write one event."""
    if self.request.is_eager:
        write_payloads([payload]).insist()
        return
    came_before = bool((self.request.delivery_info or {}).get("redelivered"))
    unwritten = write_gathered([payload], count_unknown=came_before)
    if unwritten is not None and unwritten.newer:
        time.sleep(REST_SECONDS)
        if not send_back([payload], origins=[self.request.delivery_info]):
            return
        raise Reject("Not for this version.", requeue=True)
    if unwritten is None or unwritten.waiting or (unwritten.unknown and not came_before):
        time.sleep(REST_SECONDS)
        raise Reject("Not yet.", requeue=True)


def write_gathered(payloads: Sequence[str], *, count_unknown: bool) -> Unwritten | None:
    """What is not written; ``None`` when nothing could be.

    Never raises: not every pool would tell.
    """
    try:
        close_old_connections()
        unwritten = write_payloads(payloads, count_unknown=count_unknown)
        return unwritten._replace(error=None)  # events of models that not every process has
    except Exception as error:
        logger.warning("%d share(s) wait for the database: %s", len(payloads), describe(error))
        let_connection_go()
        return None
    finally:
        with suppress(Exception):  # what was written is written
            close_old_connections()
