"""What Celery's ``autodiscover_tasks()`` imports: our task and queue, where Celery is installed."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("celery"):
    from django_share_analytics.dispatch.celery.queues import take_shares_too
    from django_share_analytics.dispatch.celery.task import record_share

    __all__ = ["record_share", "take_shares_too"]
