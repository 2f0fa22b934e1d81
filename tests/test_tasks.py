"""Queues hold the names of tasks when a site is updated: what they name has to be there."""

from __future__ import annotations

import inspect
from importlib.util import find_spec

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from tests import services

pytestmark = pytest.mark.once


def test_path__of_the_task_of_the_tasks_framework() -> None:
    path = "django_share_analytics.dispatch.backends.tasks.record_share"
    try:
        task = import_string(path)
    except ImproperlyConfigured as error:
        services.require(False, str(error))
    assert task.module_path == path
    parameters = list(inspect.signature(task.func).parameters)
    assert parameters == ["context", "payload", "in_request", "is_second_try"]


def test_name__of_the_task_of_celery() -> None:
    services.require(find_spec("celery"), "Celery is not installed")
    task = import_string("django_share_analytics.tasks.record_share")  # as autodiscovery does
    assert task.name == "share_analytics.record_share"
    assert list(inspect.signature(task.run).parameters) == ["payload"]
