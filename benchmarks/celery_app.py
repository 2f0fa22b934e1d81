"""The Celery app of a benchmark's process: one broker, and a queue that nobody else has."""

from __future__ import annotations

from celery import Celery

QUEUE = "share-analytics-benchmark-tasks"


def make(broker: str) -> Celery:
    app = Celery("benchmark", set_as_current=True)
    app.conf.update(broker_url=broker, task_default_queue=QUEUE, task_routes={"*": QUEUE})
    return app
