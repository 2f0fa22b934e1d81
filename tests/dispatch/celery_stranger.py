"""A Celery app on the same broker that has never heard of us: another's, or one not updated."""

from __future__ import annotations

import os

from celery import Celery

QUEUE = os.environ["TEST_CELERY_QUEUE"]
BROKER = os.environ["TEST_CELERY_BROKER"]

app = Celery("stranger")
app.conf.update(
    broker_url=BROKER,
    task_default_queue=QUEUE,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"global_keyprefix": QUEUE} if BROKER.startswith("redis") else {},
)


@app.task(name="stranger.ping")
def ping() -> None:
    print("PONG", flush=True)
