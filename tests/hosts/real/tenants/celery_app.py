"""The project's Celery app; the environment says which queue of which broker."""

from __future__ import annotations

import os

from celery import Celery

app = Celery("tenants")
app.conf.update(
    broker_url=os.environ["TEST_CELERY_BROKER"],
    task_default_queue=os.environ["TEST_CELERY_QUEUE"],
    task_routes={"share_analytics.*": {"queue": os.environ["TEST_CELERY_QUEUE"]}},
    broker_connection_retry_on_startup=True,
)
app.autodiscover_tasks()
