"""The host's Celery app, as a project writes it. Each site has a queue of its own."""

import os

from celery import Celery

app = Celery("crash")
app.conf.update(
    broker_url=os.environ["CRASH_CELERY_BROKER"],
    task_default_queue=os.environ["CRASH_CELERY_QUEUE"],
    task_routes={"share_analytics.record_share": {"queue": os.environ["CRASH_CELERY_QUEUE"]}},
    broker_connection_retry_on_startup=True,
)
app.autodiscover_tasks()
