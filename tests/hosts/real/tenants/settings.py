"""A project on django-tenants: a schema of PostgreSQL for each tenant, which its address names.

``SHARE_DISPATCHER`` says how a process of this project dispatches; the default's is the default.
"""

from __future__ import annotations

import os

from tests import databases
from tests.hosts.real.base import *

DATABASE = "postgres"
DATABASES = {
    "default": {
        **databases.configuration("postgres"),
        "ENGINE": "django_tenants.postgresql_backend",
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"

OF_BOTH = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
SHARED_APPS = ["django_tenants", "tests.hosts.real.tenants", "django_tasks_db", *OF_BOTH]
TENANT_APPS = [*OF_BOTH, "django.contrib.admin", "tests.hosts.uuid_host", "django_share_analytics"]
INSTALLED_APPS = [
    *SHARED_APPS,
    *(app for app in TENANT_APPS if app not in SHARED_APPS),
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
]

BACKENDS = "django_share_analytics.dispatch.backends"
JOURNAL = os.environ.get("SHARE_JOURNAL", "")
STREAM = {"url": os.environ.get("REDIS_URL", ""), "stream": os.environ.get("SHARE_STREAM", "")}
DISPATCHERS = {
    "buffered": {
        "BACKEND": f"{BACKENDS}.buffered.BufferedDispatcher",
        "OPTIONS": {"journal": JOURNAL} if JOURNAL else {},
    },
    "redis": {
        "BACKEND": f"{BACKENDS}.redis_streams.RedisStreamsDispatcher",
        "OPTIONS": STREAM,
    },
    "celery": {"BACKEND": f"{BACKENDS}.celery.CeleryDispatcher"},
    "tasks": {"BACKEND": f"{BACKENDS}.tasks.TasksDispatcher"},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SHARE_ANALYTICS = {"TENANT": "django_share_analytics.tenants.DjangoTenants"}
if DISPATCHER := os.environ.get("SHARE_DISPATCHER"):
    SHARE_ANALYTICS["DISPATCHERS"] = {"default": DISPATCHERS[DISPATCHER]}

ROOT_URLCONF = "tests.hosts.real.tenants.urls"
MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware", *MIDDLEWARE]
