"""Bring home what waits outside of the web processes: the work of ``manage.py consume_shares``."""

from __future__ import annotations

import signal
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django_share_analytics.dispatch.base import BaseDispatcher

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def consume(dispatchers: Sequence[BaseDispatcher], stop: Event, *, once: bool = False) -> int:
    """Run the consumer of each dispatcher in a thread of its own, until all of them are done.

    Returns how many events they dealt with. When one of them fails, the others finish their batch
    before its exception is raised.
    """
    with ThreadPoolExecutor(len(dispatchers), "share-analytics-consumer") as pool:
        running = [pool.submit(_consume, dispatcher, stop, once) for dispatcher in dispatchers]
        done, _ = wait(running, return_when=FIRST_EXCEPTION)
        if any(future.exception() for future in done):
            stop.set()
    return sum(future.result() for future in running)


def _consume(dispatcher: BaseDispatcher, stop: Event, once: bool) -> int:
    try:
        return dispatcher.consume(stop, once=once)
    finally:
        connections.close_all()


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """An event that the first SIGTERM or SIGINT sets. The second ends the process at once.

    That is as safe as a ``kill -9``: what was not acknowledged is consumed again.
    """
    stop = Event()

    def on_signal(number: int, frame: Any) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        stop.set()

    before = [signal.signal(each, on_signal) for each in SIGNALS]
    try:
        yield stop
    finally:
        for each, handler in zip(SIGNALS, before, strict=True):
            signal.signal(each, handler)
