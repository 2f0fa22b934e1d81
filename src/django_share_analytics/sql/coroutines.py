"""Queries of code that runs in a coroutine, where Django forbids them."""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from asgiref.sync import AsyncToSync
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


T = TypeVar("T")

LOOP_SECONDS = 5.0
"""How long a coroutine waits at most: everything else on its event loop waits with it."""


def outside_of_the_loop(work: Callable[[], T]) -> T:
    """What ``work()`` returns, or raises; in a coroutine, out of another thread.

    The event loop waits for it, as it does for all code that is not asynchronous. Where the loop
    runs for the sake of synchronous code (in Django's tests, or an ``async`` view under WSGI), that
    code's thread does the work, with its connections and transactions; else one made for this.

    :raises TimeoutError: it took longer than ``LOOP_SECONDS``.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return work()
    future = _submitted(partial(contextvars.copy_context().run, work), loop)
    try:
        return future.result(LOOP_SECONDS)
    except TimeoutError:
        future.cancel()
        raise


def _submitted(work: Callable[[], T], loop: asyncio.AbstractEventLoop) -> Future[T]:
    waiting = getattr(AsyncToSync.executors, "current", None)
    waiting = waiting or AsyncToSync.loop_thread_executors.get(loop)
    if waiting is not None:
        with suppress(RuntimeError):  # the one that waited has gone on
            return waiting.submit(work)
    own = ThreadPoolExecutor(1, thread_name_prefix="share-analytics-query")
    try:
        return own.submit(_closing, work)
    finally:
        own.shutdown(wait=False)


def _closing(work: Callable[[], T]) -> T:
    """The thread ends with this, and nobody else would close what it opened."""
    try:
        return work()
    finally:
        connections.close_all()
