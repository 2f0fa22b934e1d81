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
