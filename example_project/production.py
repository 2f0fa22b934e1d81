"""Settings of the example project in production, beside those of the demonstration.

``DJANGO_SETTINGS_MODULE=example_project.production``. What has no default has to be in the
environment: a process without it doesn't start. docs/how-to/deploying.md goes through all of it.
"""

from __future__ import annotations

from . import environment
from .settings import *  # noqa: F403
from .settings import BASE_DIR, SHARE_ANALYTICS, env

# --- Secrets and names ------------------------------------------------------------------------

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
globals().update(environment.mail(env))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="webmaster@localhost")

# --- Database ---------------------------------------------------------------------------------

DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        # Each thread keeps its connection for a minute, and looks whether it is still one.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A database that is away is found out in seconds, by the health endpoint, too.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)

# --- Caches -----------------------------------------------------------------------------------

# Not the Redis that shares wait in: a cache throws away what it has no room for.
CACHES = environment.redis_caches(env.str("CACHE_URL"))

# --- django-share-analytics -------------------------------------------------------------------

# Where shares wait is the environment's: SHARE_DISPATCHER, and SHARE_JOURNAL for `buffered` and
# for the fallback of `redis` and `celery`.
SHARE_ANALYTICS = {
    **SHARE_ANALYTICS,
    "CACHE_ALIAS": "default",
    # Together in all processes, or N workers let N times as much pass.
    "LIMITS_CACHE": "limits",
    # nginx, or the load balancer, adds the client's address to X-Forwarded-For.
    "TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", default=1),
    # blank_shares empties who shared after this, and prune_shares deletes the rows.
    "PERSONAL_DATA_DAYS": 90,
    "SHARES_DAYS": 730,
}
# A dispatcher that loses shares is no choice here.
SILENCED_SYSTEM_CHECKS = []

# --- HTTPS ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = True
# Whoever terminates HTTPS sets this header, and takes away one that a visitor has sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# An hour at first. Then a year (31536000), when all that is below this name is on HTTPS for good.
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

# As strict as can be: the package's pages need no more.
SECURE_CSP = {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}

# --- Static files -----------------------------------------------------------------------------

# `manage.py collectstatic` gives them names that change with what is in them: kept for ever.
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False

# --- Logging ----------------------------------------------------------------------------------

# To stderr, a line each; the journal of systemd and of containers adds the time.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s [%(process)d]: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # What an operator should know, once a minute at most, and never who shared.
        "django_share_analytics": {"level": "WARNING"},
        # Not every 404 that a visitor makes, nor every name that a robot calls the host.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
