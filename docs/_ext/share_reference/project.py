"""Settings of a project that has nothing but the package: the reference is made from the code, and
the code wants Django to be there. No database is asked."""

from __future__ import annotations

SECRET_KEY = "only for the documentation"  # noqa: S105
USE_TZ = True
ROOT_URLCONF = "django_share_analytics.urls"
SHARE_ANALYTICS_APP_MODEL = "auth.User"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "django_filters",
    "django_share_analytics",
    "drf_spectacular",  # which finds no calls of ours where it is not installed
]
