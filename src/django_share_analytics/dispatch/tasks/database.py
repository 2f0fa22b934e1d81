"""What can be known, and put right, where ``django-tasks-db`` keeps the tasks in a database.

Its worker claims a task, and runs it. When it is killed in between, nobody runs the task again: it
stays where it is, and says that it is running. Shares may be written twice, so ours simply are.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q

from django_share_analytics.events import utc_now
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from datetime import datetime

    from django_share_analytics.dispatch.tasks.framework import Task

logger = logging.getLogger(__name__)

TAKE_OVER_SECONDS = 60.0
"""How long a task may run, or has to have failed, before it is run again; and how often a worker
looks for such tasks."""


def is_database(backend_class: type[Any]) -> bool:
    return any(cls.__module__ == "django_tasks_db.backend" for cls in backend_class.__mro__)


def backlog(task: Task[..., Any]) -> tuple[int, datetime | None]:
    """How many shares have been enqueued and not written, and when the oldest of them was."""
    found = _ours(task).exclude(status="SUCCESSFUL").aggregate(n=Count("id"), at=Min("enqueued_at"))
    return found["n"], found["at"]


class LeftBehind:
    """The tasks that a killed worker left behind."""

    def __init__(self) -> None:
        self._looks_again_at = 0.0

    def take_over(self, task: Task[..., Any]) -> None:
        """Have them run again; asks the database once a minute at most.

        Never raises: whoever calls this has written a share, and its task has gone well.
        """
        now = time.monotonic()
        if now < self._looks_again_at:
            return
        self._looks_again_at = now + TAKE_OVER_SECONDS
        long_ago = utc_now() - timedelta(seconds=TAKE_OVER_SECONDS)
        running = Q(status="RUNNING", started_at__lt=long_ago)
        failed = Q(status="FAILED", finished_at__lt=long_ago)
        try:
            _ours(task).filter(running | failed).update(status="READY")
        except Exception as error:
            logger.error(
                "Tasks that a killed worker left behind stay there, as this version of "
                "django-tasks-db may keep them in another way: %s",
                describe(error),
            )


left_behind = LeftBehind()


def _ours(task: Task[..., Any]) -> Any:
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.filter(task_path=task.module_path, backend_name=task.backend)
