"""What a test needs beside Python: there, or a skip that says why.

With ``REQUIRE_SERVICES=1`` (set by ``.ci/run``) a missing service fails the test instead, so that
nothing goes untested in silence.
"""

from __future__ import annotations

import os
import shutil

import pytest


def are_required() -> bool:
    return os.environ.get("REQUIRE_SERVICES", "") not in {"", "0"}


def require(available: object, reason: str) -> None:
    """Go on when ``available``; else skip the test, or fail it where services are required."""
    if available:
        return
    if are_required():
        pytest.fail(f"REQUIRE_SERVICES is set: {reason}", pytrace=False)
    pytest.skip(reason)


def require_program(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    path = next(filter(None, map(shutil.which, names)), None)
    require(path, f"{' or '.join(names)} is not installed")
    assert path is not None
    return path


REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


def require_redis() -> None:
    """Go on when redis-py is installed and a Redis (or Valkey) answers at ``REDIS_URL``."""
    require(not (reason := why_no_redis()), reason)


def why_no_redis() -> str:
    try:
        import redis
    except ImportError:
        return "redis-py is not installed"
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        return f"no Redis at {REDIS_URL} ({error})"
    return ""
