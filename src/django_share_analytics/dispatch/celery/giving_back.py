"""Messages that a newer version reads, on their way back to the queue that they came out of."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from celery import current_app

from django_share_analytics.dispatch.celery.messages import TASK, connect, hang_up, send
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

logger = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 5.0
"""How long a worker waits for the broker at most; unlike a request it has the time."""


def send_back(payloads: Sequence[str], *, origins: Sequence[Mapping[str, Any]]) -> list[int]:
    """Send these again, each to the end of its queue; the positions of those that are not there.

    A message that is only given back comes to the front, where it holds up all that is behind. What
    is sent may then be acknowledged: who dies in between leaves it there twice. Never raises.
    """
    left = list(range(len(payloads)))
    try:
        producer = connect(current_app, CONNECT_SECONDS, ANSWER_SECONDS)
        try:
            while left:
                where = _address(origins[left[-1]])
                send(current_app.tasks[TASK], payloads[left[-1]], producer, ANSWER_SECONDS, **where)
                left.pop()
        finally:
            hang_up(producer)
    except Exception as error:
        logger.warning("%d share(s) of a newer version stay: %s", len(left), describe(error))
    if n := repeats.of("messages of a newer version"):
        logger.warning("A newer version sent shares, which wait for its workers (%d)", n)
    return left


def _address(origin: Mapping[str, Any]) -> dict[str, str | None]:
    exchange, routing_key = origin["exchange"], origin["routing_key"]
    if exchange:
        return {"exchange": exchange, "routing_key": routing_key}
    return {"queue": routing_key}  # the exchange without a name knows a queue by its own
