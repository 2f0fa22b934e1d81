"""Settings that the environment decides: which database, and which dispatcher."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from environ import Env

BACKENDS = "django_share_analytics.dispatch.backends"
DISPATCHERS = {
    "buffered": f"{BACKENDS}.buffered.BufferedDispatcher",
    "immediate": f"{BACKENDS}.immediate.ImmediateDispatcher",
}

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


def dispatchers(env: Env) -> dict[str, Any]:
    """``SHARE_DISPATCHER`` and ``SHARE_JOURNAL`` as the package's setting ``DISPATCHERS``."""
    name = env.str("SHARE_DISPATCHER", default="buffered")
    if name not in DISPATCHERS:
        raise ImproperlyConfigured(
            f"SHARE_DISPATCHER={name} is not available; there is: {', '.join(DISPATCHERS)}."
        )
    entry: dict[str, Any] = {"BACKEND": DISPATCHERS[name]}
    if journal := env.str("SHARE_JOURNAL", default=""):
        if name != "buffered":
            raise ImproperlyConfigured(
                f"SHARE_JOURNAL is for SHARE_DISPATCHER=buffered, not {name}."
            )
        entry["OPTIONS"] = {"journal": Path(journal).absolute()}
    return {"default": entry}
