"""The tests' host with tasks in its database; no queue has the framework's default name."""

from tests.settings import *  # noqa: F403

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["mail", "shares"]}}
