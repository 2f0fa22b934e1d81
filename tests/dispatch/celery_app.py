"""The Celery app of the tests' host, as a project writes it; the environment says which broker."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import celeryd_init, worker_init

QUEUE = os.environ["TEST_CELERY_QUEUE"]
BROKER = os.environ["TEST_CELERY_BROKER"]
OURS = os.environ.get("TEST_CELERY_OURS", "")
REDIS_OPTIONS = {
    # On Redis, what a killed worker held comes back after this many seconds, not an hour and more.
    # RabbitMQ gives it to the next one at once.
    "visibility_timeout": 3,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "unacked_restore_limit": 1_000,
    "unacked_mutex_expire": 3,  # a worker may be killed while it looks for them
    "global_keyprefix": QUEUE,
}

app = Celery("host")
app.conf.update(
    broker_url=BROKER,
    task_default_queue=QUEUE,
    # In tests of our own queue, that has a name that no other test has.
    task_routes=None if OURS else {"share_analytics.record_share": {"queue": QUEUE}},
    broker_connection_retry_on_startup=True,
    broker_transport_options=REDIS_OPTIONS if BROKER.startswith("redis") else {},
)
app.autodiscover_tasks()


@celeryd_init.connect
def _name_our_queue(**kwargs):
    if OURS:
        from django_share_analytics.dispatch.celery import queues

        queues.QUEUE = OURS


@worker_init.connect
def _give_tests_time(**kwargs):
    """For what they do between a worker's first look for an unknown app and its second."""
    from django_share_analytics.dispatch import second_tries
    from django_share_analytics.dispatch.celery import gathering

    second_tries.SECOND_TRY_SECONDS = 4.0
    gathering.GIVEN_BACK_SECONDS = 1.0  # this they wait for
    if batch := os.environ.get("TEST_CELERY_BATCH"):
        gathering.MAX_BATCH, gathering.MAX_HELD = int(batch), 2 * int(batch)
