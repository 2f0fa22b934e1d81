from __future__ import annotations

import pytest

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import use_dispatchers

BACKENDS = "django_share_analytics.dispatch.backends"


@pytest.fixture
def use():
    """``use(path, **options)``: the default dispatcher from here on, closed after the test."""
    blocks = []

    def start(path, **options):
        block = use_dispatchers({"default": {"BACKEND": path, "OPTIONS": options}})
        block.__enter__()
        blocks.append(block)
        return dispatchers["default"]

    yield start
    dispatchers.close()
    for block in reversed(blocks):
        block.__exit__(None, None, None)


@pytest.fixture
def buffered(use):
    """``buffered(**options)``: a buffered dispatcher."""
    return lambda **options: use(f"{BACKENDS}.buffered.BufferedDispatcher", **options)
