"""Settings that the environment decides: which database, and which dispatcher."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from environ import Env

BACKENDS = "django_share_analytics.dispatch.backends"
DISPATCHERS = {
    "buffered": f"{BACKENDS}.buffered.BufferedDispatcher",
    "immediate": f"{BACKENDS}.immediate.ImmediateDispatcher",
    "redis": f"{BACKENDS}.redis_streams.RedisStreamsDispatcher",
    "celery": f"{BACKENDS}.celery.CeleryDispatcher",
    "tasks": f"{BACKENDS}.tasks.TasksDispatcher",
}
CELERY_BROKER_URL = "amqp://guest:guest@127.0.0.1:5672//"
REDIS_URL = "redis://127.0.0.1:6379/0"

SQLITE_OPTIONS = {
    # Readers never wait for the writer, nor the writer for readers.
    "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
    # Take the write lock at BEGIN: a transaction that reads first and then writes could otherwise
    # be refused at once ("database is locked"), whatever the timeout.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
}


def database(env: Env, default: str) -> dict[str, Any]:
    """``DATABASE_URL`` as Django's setting."""
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=default)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = SQLITE_OPTIONS | config.get("OPTIONS", {})
    return config


def caches(env: Env, database: dict[str, Any], default: Path) -> dict[str, Any]:
    """``CACHE_DIR`` as Django's setting: files, that every process of the site shares.

    A number that each worker kept for itself would jump to and fro between them. A directory needs
    no service, and unlike a table it is in nobody's transaction. Each database has one of its own:
    what was counted in another is another number.
    """
    place = [str(database.get(key, "")) for key in ("ENGINE", "HOST", "PORT", "NAME")]
    directory = Path(env.str("CACHE_DIR", default=str(default))).absolute()
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": directory / hashlib.sha256(repr(place).encode()).hexdigest()[:16],
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }


def redis_caches(url: str) -> dict[str, Any]:
    """``CACHE_URL`` as Django's setting: for counts, and for what limits count, which every share
    waits for and does without when it is away."""
    redis: dict[str, Any] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
    }
    patience = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}
    return {
        "default": redis | {"OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1}},
        "limits": redis | {"KEY_PREFIX": "limits", "OPTIONS": patience},
    }


def mail(env: Env) -> dict[str, Any]:
    """``EMAIL_URL`` as Django's settings, which have another shape from 6.1 on.

    Without one, mails are written to the log.
    """
    settings: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://")
    if django.VERSION < (6, 1):
        return settings
    mailer: dict[str, Any] = {"BACKEND": settings["EMAIL_BACKEND"]}
    if mailer["BACKEND"].endswith(".smtp.EmailBackend"):
        mailer["OPTIONS"] = {
            "host": settings["EMAIL_HOST"],
            "port": settings["EMAIL_PORT"],
            "username": settings["EMAIL_HOST_USER"],
            "password": settings["EMAIL_HOST_PASSWORD"],
            "use_tls": settings.get("EMAIL_USE_TLS", False),
            "use_ssl": settings.get("EMAIL_USE_SSL", False),
        }
    return {"MAILERS": {"default": mailer}}


def dispatchers(env: Env) -> dict[str, Any]:
    """``SHARE_DISPATCHER`` and ``SHARE_JOURNAL`` as the package's setting ``DISPATCHERS``."""
    name = env.str("SHARE_DISPATCHER", default="buffered")
    if name not in DISPATCHERS:
        raise ImproperlyConfigured(
            f"SHARE_DISPATCHER={name} is not available; there is: {', '.join(DISPATCHERS)}."
        )
    journal = env.str("SHARE_JOURNAL", default="")
    options = {"journal": Path(journal).absolute()} if journal else {}
    buffered: dict[str, Any] = {"BACKEND": DISPATCHERS["buffered"], "OPTIONS": options}
    if name == "buffered":
        return {"default": buffered}
    # While Redis or the broker is away, each web process keeps and writes what it is sent.
    if name == "redis":
        url = env.str("REDIS_URL", default=REDIS_URL)
        entry = {"BACKEND": DISPATCHERS[name], "OPTIONS": {"url": url}}
        return {"default": entry, "fallback": buffered}
    if name == "celery":
        return {"default": {"BACKEND": DISPATCHERS[name]}, "fallback": buffered}
    if journal:
        raise ImproperlyConfigured(f"SHARE_JOURNAL is not for SHARE_DISPATCHER={name}.")
    return {"default": {"BACKEND": DISPATCHERS[name]}}


def limits(env: Env) -> dict[str, Any]:
    """``SHARE_LIMITS=off`` as the package's setting ``LIMITS``; without it the defaults are on.

    For loads that come from one address, such as those of ``replay_shares``.
    """
    value = env.str("SHARE_LIMITS", default="")
    if value not in {"", "off"}:
        raise ImproperlyConfigured(f"SHARE_LIMITS={value} is not available; there is: off.")
    return {"LIMITS": {}} if value else {}


def celery_broker(env: Env) -> str:
    """``CELERY_BROKER_URL`` as Celery's setting."""
    url: str = env.str("CELERY_BROKER_URL", default=CELERY_BROKER_URL)
    return url


def celery_transport_options(url: str) -> dict[str, Any]:
    """RabbitMQ gives what a killed worker held to another one at once.

    On Redis that is a matter of these seconds, and of more than an hour without them.
    """
    if not url.startswith("redis"):
        return {}
    return {
        "visibility_timeout": 60,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30,
    }


def tasks(env: Env) -> dict[str, Any]:
    """For ``SHARE_DISPATCHER=tasks``: a backend that has a worker, ``manage.py db_worker``."""
    if env.str("SHARE_DISPATCHER", default="") != "tasks":
        return {}
    return {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
