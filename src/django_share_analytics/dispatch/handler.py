"""The dispatchers of this process: made on first use, closed at its end, new after a fork."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from django_share_analytics.conf import SETTING, get_settings, is_unset_under_tests
from django_share_analytics.dispatch import process
from django_share_analytics.dispatch.base import BaseDispatcher
from django_share_analytics.dispatch.route import Route
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.places import at_home
from django_share_analytics.wording import describe, traced

if TYPE_CHECKING:
    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.dispatch.base import DispatcherStatus
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

UNDER_TESTS = "django_share_analytics.dispatch.backends.immediate.UnderTestsDispatcher"
FOR_TESTS = {
    "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher",
    "django_share_analytics.testing.MemoryDispatcher",
}

_forgetting = threading.Lock()


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


def _unless_tests(config: DispatcherSettings) -> DispatcherSettings:
    """What is configured; in tests that set no dispatcher, one that writes where they would."""
    if config.backend in FOR_TESTS or not is_unset_under_tests("DISPATCHERS"):
        return config
    return replace(config, backend=UNDER_TESTS, options={})


class DispatcherHandler:
    """The process's dispatchers by alias.

    One instance per process, not per thread as with Django's connections: a buffer that each
    thread had for itself would never fill.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._routes: dict[str, Route] = {}
        self._is_started = False
        self._process = os.getpid()

    def __getitem__(self, alias: str) -> BaseDispatcher:
        return self._route(alias).dispatcher

    def _route(self, alias: str) -> Route:
        if self._process != os.getpid():
            self._notice_fork()
        try:
            return self._routes[alias]
        except KeyError:
            return self._make(alias)

    def _make(self, alias: str) -> Route:
        configured = get_settings().dispatchers
        with self._lock:
            if alias not in self._routes:
                # Processes that multiprocessing forks (Granian's workers, say) never run atexit,
                # and forget finalizers that were registered before the fork.
                Finalize(None, self.close, exitpriority=1)
                dispatcher = make_dispatcher(_unless_tests(configured[alias]))
                has_deputy = alias == "default" and "fallback" in configured
                self._routes[alias] = Route(dispatcher, has_deputy=has_deputy)
            return self._routes[alias]

    def start(self) -> None:
        """Before the first request: let every dispatcher take up what was left from before."""
        if self._process != os.getpid():
            self._notice_fork()
        if self._is_started:
            return
        self._is_started = True
        if why_late := process.why_late():
            logger.critical(why_late)
        try:
            for alias in get_settings().dispatchers:
                self[alias].start()
        except Exception as error:  # none of the page's business
            logger.error("Could not start the dispatchers: %s", traced(error))

    def submit(self, event: Event) -> str | None:
        """Hand ``event`` to the default dispatcher, or to the fallback when that can't take it.

        It knows where it belongs from here on: this is the last that sees where it was made.

        :raises DispatcherUnavailable: none of them can, or nobody can say where it belongs.
        """
        try:
            event = at_home(event)
        except Exception as error:  # whatever a host's router or hook raises
            raise DispatcherUnavailable(f"Where it belongs: {describe(error)}") from error
        try:
            return self._route("default").submit(event)
        except DispatcherUnavailable:
            if "fallback" not in get_settings().dispatchers:
                raise
            return self._route("fallback").submit(event)

    def status_of(self, alias: str) -> DispatcherStatus:
        """What the dispatcher says of itself, and what it refused. Raises what its status does."""
        return self._route(alias).status()

    def running(self) -> list[BaseDispatcher]:
        """The dispatchers that this process has used so far."""
        return [route.dispatcher for route in list(self._routes.values())]

    def flush(self, timeout: float | None = None) -> bool:
        """Flush every dispatcher of this process; whether everything that waited is written."""
        flushed = [dispatcher.flush(timeout) for dispatcher in self.running()]
        return all(flushed)

    def close(self) -> None:
        """Flush and close every dispatcher. The next use makes new ones."""
        if self._process != os.getpid():
            self._notice_fork()
        with self._lock:
            closing, self._routes = self.running(), {}
            self._is_started = False
        for dispatcher in closing:
            try:
                dispatcher.close()
            except Exception as error:
                logger.error(
                    "Could not close the dispatcher %r: %s", dispatcher.alias, traced(error)
                )

    def _notice_fork(self) -> None:
        """Of a fork that Python was not told of: uWSGI's, without ``--py-call-osafterfork``."""
        with _forgetting:
            if self._process != os.getpid():
                self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """What waits in the parent is the parent's: the child starts with nothing."""
        self._lock = threading.Lock()
        inherited, self._routes = self.running(), {}
        self._is_started = False
        self._process = os.getpid()
        for dispatcher in inherited:
            dispatcher.abandon()


dispatchers = DispatcherHandler()
"""The dispatchers of this process, by their aliases: ``dispatchers["default"]``."""


def renew_dispatchers(*, setting: str, **kwargs: Any) -> None:
    """Receives ``setting_changed``."""
    if setting == SETTING:
        dispatchers.close()


def start_dispatchers(**kwargs: Any) -> None:
    """Receives ``request_started``."""
    dispatchers.start()
