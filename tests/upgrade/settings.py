"""A site that is upgraded: settings that the package's code of any release takes.

``WAY`` is how a share gets to the database, and ``SITE_FOLDER`` is where its journal lies.
"""

from __future__ import annotations

import json
import os

from tests import databases, services

BACKENDS = "django_share_analytics.dispatch.backends"
BUFFERED = f"{BACKENDS}.buffered.BufferedDispatcher"
FOLDER = os.environ["SITE_FOLDER"]
STREAM = os.environ.get("SITE_STREAM", "")
IMMEDIATE = {"BACKEND": f"{BACKENDS}.immediate.ImmediateDispatcher"}
MEMORY = {"BACKEND": BUFFERED, "OPTIONS": {"flush_seconds": 0.01}}
JOURNAL = {"BACKEND": BUFFERED, "OPTIONS": {"journal": f"{FOLDER}/journal", "flush_seconds": 60}}
"""A process that is killed within a minute leaves all of it."""
REDIS = {
    "BACKEND": f"{BACKENDS}.redis_streams.RedisStreamsDispatcher",
    "OPTIONS": {"url": services.REDIS_URL, "stream": STREAM, "takeover_seconds": 0.1},
}
WAYS = {
    "immediate": {"default": IMMEDIATE},
    "memory": {"default": MEMORY},
    "queues": {"default": JOURNAL, "fallback": REDIS},
}
SHARE_ANALYTICS = {
    "DISPATCHERS": WAYS[os.environ["WAY"]],
    **json.loads(os.environ.get("SITE_SETTINGS", "{}")),
}
SHARE_ANALYTICS_APP_MODEL = "int_host.Article"

DATABASES = {"default": databases.configuration(os.environ["TEST_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "Asia/Riyadh"
ROOT_URLCONF = "tests.upgrade.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "django_filters",
    "django_share_analytics",
    "tests.hosts.int_host",
]
