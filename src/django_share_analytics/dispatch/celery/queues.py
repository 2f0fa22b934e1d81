"""The queue that shares wait in: one of their own, unless the project says otherwise.

A worker that doesn't know a task throws its messages away. The project's default queue is read by
every worker that is told nothing else, those of other projects and those not restarted yet among
them; one of our own is only read by workers that know what is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery.signals import celeryd_after_setup
from django.utils.module_loading import import_string

from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.celery.task import record_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery import Celery

QUEUE = "share_analytics"
DESTINATION = {"queue", "exchange", "routing_key"}


def queue_of(app: Celery, chosen: str | None) -> str | None:
    """Where to publish: what the options chose, else ours; ``None`` where ``task_routes`` say."""
    if chosen:
        return chosen
    route = app.amqp.router.lookup_route(record_share.name, ("",), {}, {}, record_share)
    is_routed = isinstance(route, str) or not DESTINATION.isdisjoint(route or ())
    return None if is_routed else QUEUE


def route_of(app: Celery, chosen: str | None) -> dict[str, Any]:
    """What Celery makes of that: the queue as it will be declared, among others.

    :raises QueueNotFound: the project declares its queues itself, and not this one.
    """
    queue = queue_of(app, chosen)
    asked = {} if queue is None else {"queue": queue}
    route: dict[str, Any] = app.amqp.router.route(asked, record_share.name, ("",))
    return route


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def take_shares_too(*, instance: Any, **kwargs: Any) -> None:
    """When a worker has read its options: one that was told no queues reads ours as well.

    Told some, with ``-Q`` or ``-X``, it reads those.
    """
    app = instance.app
    queues = app.amqp.queues
    if getattr(queues, "_consume_from", None) is not None or not queues.create_missing:
        return
    for chosen in _chosen():
        queue = queue_of(app, chosen)
        if queue is not None and queue not in queues.consume_from:
            queues.select_add(queues[queue])


def _chosen() -> Iterator[str | None]:
    """The option of each dispatcher that publishes with Celery."""
    for config in get_settings().dispatchers.values():
        if getattr(import_string(config.backend), "publishes_with_celery", False):
            yield config.options.get("queue")
