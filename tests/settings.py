"""Settings of the tests: a host project as small as can be.

``TEST_DATABASE`` (sqlite, postgres, mariadb) picks the database, ``TEST_APP_KEY`` (uuid, int, str)
the type of the shared model's key.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

from tests import databases

APP_KEY = os.environ.get("TEST_APP_KEY", "uuid")
SHARE_ANALYTICS_APP_MODEL = {
    "uuid": "uuid_host.App",
    "int": "int_host.Article",
    "str": "str_host.Page",
}[APP_KEY]
SHARE_ANALYTICS = {
    "DISPATCHERS": {
        "default": {
            "BACKEND": "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher",
        },
    },
}

# Nobody said by which proxies the tests come: their clients are unknown, and have no limits.
SILENCED_SYSTEM_CHECKS = ["share_analytics.W031"]

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
DATABASES = {"default": databases.configuration(DATABASE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = os.environ.get("TEST_TIME_ZONE", "Asia/Riyadh")
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
# The default hasher is slow on purpose; no test needs that.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "django_share_analytics",
    f"tests.hosts.{APP_KEY}_host",
]
# For the dispatcher for tasks: a backend that has a worker. Before Django 6.0 it needs a second
# package, where the framework itself is.
HAS_TASKS_DB = bool(
    find_spec("django_tasks_db") and (find_spec("django_tasks") or find_spec("django.tasks"))
)
if HAS_TASKS_DB:
    INSTALLED_APPS.append("django_tasks_db")
if find_spec("drf_spectacular"):
    INSTALLED_APPS.append("drf_spectacular")
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
