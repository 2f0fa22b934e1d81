"""Settings of the example project. The environment variables are listed in README.md."""

from __future__ import annotations

from pathlib import Path

import django
import environ
from django.utils.translation import gettext_lazy as _

from django_share_analytics.platforms import BUILT_IN, Platform

from . import environment

BASE_DIR = Path(__file__).resolve().parent

env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# Fit for a demonstration on one's own machine only; `check --deploy` complains about the default.
SECRET_KEY = env.str("SECRET_KEY", default="django-insecure-example-project-on-localhost-only")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- django-share-analytics -------------------------------------------------------------------

SHARE_ANALYTICS_APP_MODEL = "catalog.App"
SHARE_ANALYTICS = {
    "DISPATCHERS": environment.dispatchers(env),
    # A platform of one's own: no dialog to open any more, but its shares can still be counted.
    "PLATFORMS": [*BUILT_IN, Platform("googleplus", "Google+")],
    # Where the buttons are, and what visitors are to do; the store's script may say that they did.
    "PLACEMENTS": ["top", "end"],
    "GOALS": {"get": True},
    # Each page view reports which buttons came into sight: a busy store would ask one in a hundred.
    "IMPRESSION_SAMPLE": 1,
    # How often the apps' pages were seen, which the store counts itself.
    "SHARE_VIEWS": "example_project.demo.seen.views",
    # Visitors reach this server themselves, with no proxy before it.
    "TRUSTED_PROXIES": 0,
    **environment.limits(env),
}

# The demo's shares are made up: half a second of them is no loss. Name a SHARE_JOURNAL to keep all.
SILENCED_SYSTEM_CHECKS = ["share_analytics.W001"]

# --- Django -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "example_project.catalog",
    "example_project.demo",
    "example_project.replay",
    "django_share_analytics",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
if TASKS := environment.tasks(env):
    INSTALLED_APPS.append("django_tasks_db")

# What calls there are is written down at /api/schema.
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {"TITLE": "The store", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

CELERY_BROKER_URL = environment.celery_broker(env)
CELERY_BROKER_TRANSPORT_OPTIONS = environment.celery_transport_options(CELERY_BROKER_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

CSP_HOME = "django.middleware.csp" if django.VERSION >= (6, 0) else "example_project.middleware"
SECURE_CSP = {"default-src": ["'self'"]}

MIDDLEWARE = [
    # For load balancers, who are answered whatever they call this host, and without a redirect.
    "example_project.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    f"{CSP_HOME}.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
ASGI_APPLICATION = "example_project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": environment.database(env, f"sqlite:///{BASE_DIR / 'demo.sqlite3'}")}
CACHES = environment.caches(env, DATABASES["default"], BASE_DIR / "demo.cache")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Riyadh")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
# Static files straight from the installed packages, under any server and without collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Not every 404 that a visitor makes.
    "loggers": {"django.request": {"level": "ERROR"}},
}
