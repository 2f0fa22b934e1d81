"""Bring home what waits outside of the web processes: the work of ``manage.py consume_shares``."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from concurrent.futures import Future
    from threading import Event

    from django_share_analytics.dispatch.base import BaseDispatcher

SECONDS_BETWEEN_LOOKS = 0.5


def consume(
    dispatchers: Sequence[BaseDispatcher],
    stop: Event,
    *,
    once: bool = False,
    look: Callable[[], object] | None = None,
) -> int:
    """Run the consumer of each dispatcher in a thread of its own, until all of them are done.

    Returns how many events they dealt with. When one of them fails, or somebody interrupts, the
    others finish their batch before its exception is raised. ``look`` is called every now and then
    meanwhile.
    """
    with ThreadPoolExecutor(len(dispatchers), "share-analytics-consumer") as pool:
        running = [pool.submit(_consume, dispatcher, stop, once) for dispatcher in dispatchers]
        try:
            _wait_for_all(running, look)
        except BaseException:  # also what a signal handler raises
            stop.set()
            raise
    return sum(future.result() for future in running)


def _wait_for_all(running: Sequence[Future[int]], look: Callable[[], object] | None) -> None:
    """Until all are done, or one fails: then its exception is raised."""
    others: Collection[Future[int]] = running
    while others:
        pause = SECONDS_BETWEEN_LOOKS if look else None
        done, others = wait(running, pause, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        if others and look:
            look()


def _consume(dispatcher: BaseDispatcher, stop: Event, once: bool) -> int:
    try:
        return dispatcher.consume(stop, once=once)
    finally:
        connections.close_all()
