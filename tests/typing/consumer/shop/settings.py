from __future__ import annotations

import django_stubs_ext

from django_share_analytics.conf import DEFAULT_GATES
from django_share_analytics.platforms import Platform

django_stubs_ext.monkeypatch()  # so that ModelAdmin[App] is more than a wish

SECRET_KEY = "only for the type checkers"
USE_TZ = True
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "django_filters",
    "django_share_analytics",
    "catalog",
]
SHARE_ANALYTICS_APP_MODEL = "catalog.App"
SHARE_ANALYTICS = {
    "DISPATCHERS": {
        "default": {
            "BACKEND": "sharing.dispatchers.LogDispatcher",
            "OPTIONS": {"path": "/var/log/shares", "capacity": 10_000},
        },
    },
    "PLATFORMS": ["whatsapp", "copy", Platform("forum", "Our forum", intent="/post?url={url}")],
    "GATES": [*DEFAULT_GATES, "sharing.gates.leave_out_the_office"],
    "PUBLIC_APPS": "sharing.hooks.public",
    "APPS_WITH_NAMES": "sharing.hooks.with_names",
    "SHARE_VIEWS": "sharing.hooks.views",
    "TENANT": "sharing.hooks.Customers",
    "GOALS": {"signup": True},
}
