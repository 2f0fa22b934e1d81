"""A dispatcher that says what a test wants it to."""

from __future__ import annotations

import pytest

from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import use_dispatchers


@pytest.fixture
def reporting():
    """``reporting(DispatcherStatus(…))`` or ``reporting(an_error)``: as the default dispatcher."""
    with use_dispatchers({"default": {"BACKEND": "tests.status.reporting.Reporting"}}):

        def say(answer=None, **values):
            values.setdefault("is_shared", True)
            dispatchers["default"].answer = answer or DispatcherStatus(**values)

        yield say
