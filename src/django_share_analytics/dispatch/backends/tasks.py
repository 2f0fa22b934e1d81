"""Enqueue shares with Django's tasks framework, for the worker that a project runs already."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.checks import Error, Warning
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.codec import encode
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.dispatch.options import check_names
from django_share_analytics.dispatch.tasks.database import backlog, is_database
from django_share_analytics.dispatch.tasks.framework import (
    DummyBackend,
    ImmediateBackend,
    task,
    task_backends,
)
from django_share_analytics.dispatch.tasks.task import anywhere, write_at_once, write_share
from django_share_analytics.exceptions import AWAY, DispatcherUnavailable
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from django.core.checks import CheckMessage

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event

SLOW_SECONDS = 0.2
"""Longer than a queue that is there takes to refuse a task."""


# Queues hold the path of this function and the shape of its arguments: they never change. So it is
# in this module, whose path is in settings and doesn't change either.
@task(takes_context=True, **anywhere())  # type: ignore[untyped-decorator]
def record_share(
    context: Any, payload: str, *, in_request: bool = False, is_second_try: bool = False
) -> None:
    """Write one share, however long the database is away; in a request, at once or not at all."""
    if in_request:
        write_at_once(payload)
    else:
        write_share(context.task_result.task, payload, is_second_try=is_second_try)


@dataclass(frozen=True, slots=True)
class TasksOptions:
    backend: str = "default"
    """The alias in ``TASKS``."""
    queue_name: str = "default"
    """One of the backend's ``QUEUES``."""

    def __post_init__(self) -> None:
        check_names(self, "backend", "queue_name")


class TasksDispatcher(BaseDispatcher):
    """One task for each share, as durable as the backend that ``TASKS`` names.

    That one is taken for durable unless it is the framework's dummy, as none says so of itself.

    With a backend in a database each share costs an insert there and then its own: less than
    ``immediate`` does for you, unless the worker's time is what you want to spend.
    """

    Options = TasksOptions
    options: TasksOptions

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        try:
            self._task = record_share.using(
                backend=self.options.backend, queue_name=self.options.queue_name
            )
            self._backend_class = type(task_backends[self.options.backend])
        except Exception as error:  # each version of the framework has its own
            raise ImproperlyConfigured(f'{config.path}["OPTIONS"]: {error}') from error
        self._runs_in_request = issubclass(self._backend_class, ImmediateBackend)
        self.is_durable = not issubclass(self._backend_class, DummyBackend)
        self.writes_in_request = self._runs_in_request or is_database(self._backend_class)

    def submit(self, event: Event) -> None:
        how = {"in_request": True} if self._runs_in_request else {}
        since = time.monotonic()
        try:
            result = self._task.enqueue(encode(event).decode(), **how)
        except Exception as error:
            raise _unavailable(error, time.monotonic() - since) from error
        if self._runs_in_request and result.status == "FAILED":
            is_away = any(issubclass(one.exception_class, AWAY) for one in result.errors)
            raise DispatcherUnavailable(
                "Tasks: the share could not be written.", broker_is_away=is_away
            )

    def check(self) -> list[CheckMessage]:
        if issubclass(self._backend_class, DummyBackend):
            return [
                Error(
                    f"The task backend {self.options.backend!r} is a dummy: every share is lost.",
                    hint="Configure a backend with a worker in TASKS.",
                    id="share_analytics.E012",
                )
            ]
        if self._runs_in_request:
            return [
                Warning(
                    f"The task backend {self.options.backend!r} runs tasks at once: shares are "
                    "written in the request.",
                    hint="Configure a backend with a worker in TASKS, or use the dispatcher "
                    "'immediate'.",
                    id="share_analytics.W012",
                )
            ]
        return []

    def status(self) -> DispatcherStatus:
        """What waits is known where the backend is a database; others keep it to themselves."""
        if is_database(self._backend_class):
            waiting, oldest = backlog(self._task)
            return DispatcherStatus(waiting=waiting, oldest=oldest, is_shared=True)
        return DispatcherStatus(waiting=0 if self._runs_in_request else None, is_shared=True)


def _unavailable(error: Exception, seconds: float) -> DispatcherUnavailable:
    """Every backend has exceptions of its own, so that not each says that its broker is away. But
    one that took long to say anything will take long again."""
    is_away = isinstance(error, AWAY) or seconds >= SLOW_SECONDS
    return DispatcherUnavailable(f"Tasks: {describe(error)}", broker_is_away=is_away)
