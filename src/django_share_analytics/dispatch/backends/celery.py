"""Publish shares as Celery tasks; the workers that a project runs already write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.checks import Error, Warning
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.codec import encode
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.dispatch.options import check_seconds_above_0
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.wording import describe

try:
    from celery import current_app
    from celery.exceptions import QueueNotFound
    from kombu.exceptions import OperationalError
except ImportError as error:
    raise ImproperlyConfigured(
        "The dispatcher for Celery needs Celery: pip install 'django-share-analytics[celery]'."
    ) from error

from django_share_analytics.dispatch.celery.publisher import Publisher
from django_share_analytics.dispatch.celery.queues import route_of
from django_share_analytics.dispatch.celery.task import record_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery import Celery
    from django.core.checks import CheckMessage

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event

FALLBACK_APP = "default"
"""The name of the app that Celery makes up where a process has loaded none."""
ONLY_IN_THIS_PROCESS = {"memory", "filesystem"}
UNSAFE_DELIVERY = {"redis", "rediss", "sentinel"}


@dataclass(frozen=True, slots=True)
class CeleryOptions:
    queue: str | None = None
    """The queue in which shares wait; ``None``: where ``task_routes`` say, else
    ``share_analytics``."""
    connect_seconds: float = 0.5
    """How many seconds a request waits at most until the broker is reached."""
    answer_seconds: float = 1.0
    """How many seconds a request waits at most until the broker has confirmed a share."""

    def __post_init__(self) -> None:
        if self.queue is not None and (not isinstance(self.queue, str) or not self.queue):
            raise ValueError("queue must be the name of a queue.")
        check_seconds_above_0(self, "connect_seconds", "answer_seconds")


class CeleryDispatcher(BaseDispatcher):
    """For projects that run Celery. A share is as durable as the broker keeps messages."""

    is_durable = True
    publishes_with_celery = True
    Options = CeleryOptions
    options: CeleryOptions

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        self._publisher = Publisher(
            self.options.queue, self.options.connect_seconds, self.options.answer_seconds
        )
        self._publisher.load()
        self.writes_in_request = bool(current_app.conf.task_always_eager)

    def submit(self, event: Event) -> None:
        payload = encode(event).decode()
        try:
            if current_app.conf.task_always_eager:
                record_share.apply((payload,), throw=True)
            else:
                self._publisher.publish(payload)
        except Exception as error:
            # Every transport has exceptions of its own, and nothing else may be raised.
            raise DispatcherUnavailable(
                f"Celery: {describe(error)}",
                broker_is_away=isinstance(error, OperationalError | OSError),
            ) from error

    def close(self) -> None:
        self._publisher.close()

    def abandon(self) -> None:
        self._publisher.abandon()

    def status(self) -> DispatcherStatus:
        if current_app.conf.task_always_eager:
            return DispatcherStatus(is_shared=True)
        waiting, readers = self._publisher.ask()
        return DispatcherStatus(waiting=waiting, readers=readers, is_shared=True)

    def check(self) -> list[CheckMessage]:
        return [*_check_app(current_app), *_check_queue(current_app, self.options.queue)]


def _check_app(app: Celery) -> Iterator[CheckMessage]:
    if app.main == FALLBACK_APP and not app.conf.broker_url:
        yield Error(
            "There is no Celery app to publish shares with.",
            hint="Import your project's Celery app in the __init__.py of the project.",
            id="share_analytics.E010",
        )
        return
    try:
        transport = app.connection_for_write().transport_cls
    except Exception as error:  # of the transport's own kind, or of what it can't import
        yield Error(
            f"Celery's broker_url can't be used: {type(error).__name__}: {error}",
            hint="Correct Celery's broker_url, or install what it needs.",
            id="share_analytics.E011",
        )
        return
    if transport in ONLY_IN_THIS_PROCESS:
        yield Error(
            f"Celery's broker is {transport}://, which no worker on another machine can reach.",
            hint="Set Celery's broker_url to RabbitMQ or Redis.",
            id="share_analytics.E011",
        )
    if transport in UNSAFE_DELIVERY:
        yield Warning(
            "Celery on Redis can lose a share with each worker that is killed: it takes a message "
            "out of Redis before it notes down that it has it.",
            hint="Use RabbitMQ, or the dispatcher 'redis_streams' on the same Redis.",
            id="share_analytics.W013",
        )
    if app.conf.task_always_eager:
        yield Warning(
            "Celery runs tasks at once (task_always_eager): shares are written in the request.",
            hint="Unset task_always_eager where requests are served, or use the dispatcher "
            "'immediate'.",
            id="share_analytics.W011",
        )


def _check_queue(app: Celery, chosen: str | None) -> Iterator[CheckMessage]:
    try:
        route_of(app, chosen)
    except QueueNotFound as error:
        yield Error(
            f"Celery has no queue for shares: {error}.",
            hint="Name it in task_queues, as task_create_missing_queues is off, or name another "
            'one as "queue" in the OPTIONS of the dispatcher.',
            id="share_analytics.E013",
        )
    except Exception as error:  # whatever a router of the host's raises
        yield Error(
            f"Celery can't route shares: {type(error).__name__}: {error}",
            hint="Correct Celery's task_routes.",
            id="share_analytics.E013",
        )
