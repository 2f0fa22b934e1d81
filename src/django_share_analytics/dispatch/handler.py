"""The dispatchers of this process: made on first use, closed at its end, new after a fork."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_started, setting_changed
from django.utils.module_loading import import_string

from django_share_analytics.conf import SETTING, get_settings
from django_share_analytics.exceptions import DispatcherUnavailable

from .base import BaseDispatcher

if TYPE_CHECKING:
    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import ShareEvent

logger = logging.getLogger(__name__)


def make_dispatcher(config: DispatcherSettings) -> BaseDispatcher:
    """A new dispatcher as configured.

    :raises ImproperlyConfigured: with the setting's path, when that is not possible.
    """
    try:
        cls = import_string(config.backend)
    except ImportError as error:
        raise ImproperlyConfigured(
            f'{config.path}["BACKEND"]: could not import {config.backend!r}: {error}.'
        ) from error
    if not (isinstance(cls, type) and issubclass(cls, BaseDispatcher)):
        raise ImproperlyConfigured(
            f'{config.path}["BACKEND"]: {config.backend!r} is not a subclass of BaseDispatcher.'
        )
    return cls(config)


class DispatcherHandler:
    """The process's dispatchers by alias.

    One instance per process, not per thread as with Django's connections: a buffer that each
    thread had for itself would never fill.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._dispatchers: dict[str, BaseDispatcher] = {}
        self._is_started = False

    def __getitem__(self, alias: str) -> BaseDispatcher:
        try:
            return self._dispatchers[alias]
        except KeyError:
            return self._make(alias)

    def _make(self, alias: str) -> BaseDispatcher:
        with self._lock:
            if alias not in self._dispatchers:
                # Processes that multiprocessing forks (Granian's workers, say) never run atexit,
                # and forget finalizers that were registered before the fork.
                Finalize(None, self.close, exitpriority=1)
                self._dispatchers[alias] = make_dispatcher(get_settings().dispatchers[alias])
            return self._dispatchers[alias]

    def start(self) -> None:
        """Before the first request: let every dispatcher take up what was left from before."""
        if self._is_started:
            return
        self._is_started = True
        try:
            for alias in get_settings().dispatchers:
                self[alias].start()
        except Exception:  # none of the page's business
            logger.exception("Could not start the dispatchers")

    def submit(self, event: ShareEvent) -> str | None:
        """Hand ``event`` to the default dispatcher, or to the fallback when that can't take it.

        :raises DispatcherUnavailable: none of them can.
        """
        try:
            return self["default"].submit(event)
        except DispatcherUnavailable:
            if "fallback" not in get_settings().dispatchers:
                raise
            return self["fallback"].submit(event)

    def running(self) -> list[BaseDispatcher]:
        """The dispatchers that this process has used so far."""
        return list(self._dispatchers.values())

    def flush(self, timeout: float | None = None) -> bool:
        """Flush every dispatcher of this process; whether everything that waited is written."""
        return all(dispatcher.flush(timeout) for dispatcher in self.running())

    def close(self) -> None:
        """Flush and close every dispatcher. The next use makes new ones."""
        with self._lock:
            closing, self._dispatchers = self._dispatchers, {}
            self._is_started = False
        for dispatcher in closing.values():
            try:
                dispatcher.close()
            except Exception:
                logger.exception("Could not close the dispatcher %r", dispatcher.alias)

    def reset_after_fork(self) -> None:
        """What waits in the parent is the parent's: the child starts with nothing."""
        self._lock = threading.Lock()
        inherited, self._dispatchers = self._dispatchers, {}
        self._is_started = False
        for dispatcher in inherited.values():
            dispatcher.abandon()


dispatchers = DispatcherHandler()


def _renew(*, setting: str, **kwargs: Any) -> None:
    if setting == SETTING:
        dispatchers.close()


def _start(**kwargs: Any) -> None:
    dispatchers.start()


# Not when Django is set up: a pre-fork server's parent and every command do that, too.
request_started.connect(_start, dispatch_uid="share_analytics.dispatch")
setting_changed.connect(_renew, dispatch_uid="share_analytics.dispatch")
atexit.register(dispatchers.close)
os.register_at_fork(after_in_child=dispatchers.reset_after_fork)
