"""The Celery app, as Celery's documentation has it.

``autodiscover_tasks()`` finds the tasks of django-share-analytics, like those of every other app.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

app = Celery("example_project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
