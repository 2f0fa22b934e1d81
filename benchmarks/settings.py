"""A project as ``startproject`` makes it, with the package's defaults."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec

from tests import databases

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
DATABASES = {
    "default": {
        **databases.configuration(DATABASE),
        # Django's default is 0: a new connection for each request that touches the database.
        "CONN_MAX_AGE": int(os.environ.get("BENCH_CONN_MAX_AGE", "0")),
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# For `compare`: keys of what django-hitcount counts are whole numbers.
IS_COMPARED = "BENCH_COMPARED" in os.environ
SHARE_ANALYTICS_APP_MODEL = "int_host.Article" if IS_COMPARED else "uuid_host.App"

# Each request says that it comes from another client: limits count, and stop nobody.
SHARE_ANALYTICS: dict[str, object] = {"TRUSTED_PROXIES": 1}
if given := os.environ.get("BENCH_DISPATCHERS"):
    SHARE_ANALYTICS["DISPATCHERS"] = json.loads(given)
if "BENCH_GATES" in os.environ:
    SHARE_ANALYTICS["GATES"] = os.environ["BENCH_GATES"].split()
if given := os.environ.get("BENCH_LIMITS_CACHE"):
    SHARE_ANALYTICS["LIMITS_CACHE"] = given

if location := os.environ.get("BENCH_CACHE"):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": location,
            "KEY_PREFIX": DATABASES["default"]["NAME"],
        },
    }

SECRET_KEY = "only for benchmarks"
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
TIME_ZONE = "Asia/Riyadh"
ROOT_URLCONF = os.environ.get("BENCH_URLS", "benchmarks.urls")
STATIC_URL = "/static/"

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
    *(
        ["tests.hosts.int_host", "hitcount"]
        if IS_COMPARED
        else ["tests.hosts.uuid_host", "benchmarks.alternatives"]
    ),
]
# For the dispatcher for tasks. Before Django 6.0 the framework itself is a second package.
HAS_TASKS_DB = bool(
    find_spec("django_tasks_db") and (find_spec("django_tasks") or find_spec("django.tasks"))
)
if HAS_TASKS_DB:
    INSTALLED_APPS.append("django_tasks_db")
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
