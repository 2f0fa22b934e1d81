"""Django's tasks framework, wherever it comes from: in Django itself since 6.0."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING or find_spec("django.tasks"):
    from django.tasks import Task, task, task_backends
    from django.tasks.backends.dummy import DummyBackend
    from django.tasks.backends.immediate import ImmediateBackend
elif find_spec("django_tasks"):
    from django_tasks import task, task_backends
    from django_tasks.backends.dummy import DummyBackend
    from django_tasks.backends.immediate import ImmediateBackend
    from django_tasks.base import Task
else:
    raise ImproperlyConfigured(
        "Before Django 6.0 the dispatcher for tasks needs a package: "
        "pip install 'django-share-analytics[tasks]'."
    )

__all__ = ["DummyBackend", "ImmediateBackend", "Task", "task", "task_backends"]
