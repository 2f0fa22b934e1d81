"""Whoever wants to know of it is told what became of shares."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from django.db import connections, transaction

from django_share_analytics import outcomes
from django_share_analytics.events import ShareEvent
from django_share_analytics.models import Share
from django_share_analytics.places import NOWHERE, Place, inside
from django_share_analytics.signals import shares_dropped, shares_recorded
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.dispatch import Signal

    from django_share_analytics.events import Event
    from django_share_analytics.writing.results import WriteResult

logger = logging.getLogger(__name__)


def announce(result: WriteResult, using: str, *, count_unknown: bool) -> None:
    """Send the signals of this package, after the commit. They are about shares."""
    sendings: list[tuple[Signal, Sequence[Event], dict[str, str]]] = [
        (shares_recorded, result.recorded, {}),
        (shares_dropped, result.duplicates, {"reason": outcomes.DUPLICATE}),
        (shares_dropped, result.before_retention, {"reason": outcomes.BEFORE_RETENTION}),
    ]
    if count_unknown:
        sendings.append((shares_dropped, result.unknown_app, {"reason": outcomes.UNKNOWN_APP}))
    for signal, some, why in sendings:
        if events := [event for event in some if isinstance(event, ShareEvent)]:
            send: Callable[[], object] = partial(
                signal.send_robust, sender=Share, events=events, **why
            )
            after_commit(send, Place(events[0].using, events[0].tenant), using)


def after_commit(send: Callable[[], object], place: Place, using: str) -> None:
    """Send when what is written now is committed, and never if it isn't; at once if it is."""
    if connections[using].in_atomic_block:
        send = _sent_there(place, send)
    transaction.on_commit(send, using=using, robust=True)


def _sent_there(place: Place, send: Callable[[], object]) -> Callable[[], None]:
    """The commit may be a host's own, which may be somewhere else already when it comes.

    Never raises: what the host does after its commit is done all the same.
    """

    def send_there() -> None:
        try:
            with nullcontext() if place == NOWHERE else inside(place):
                send()
        except Exception as error:
            logger.warning("Shares are recorded, and nobody is told: %s", describe(error))

    return send_there
