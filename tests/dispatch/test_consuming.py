"""Signals end a consumer when its batch is written."""

from __future__ import annotations

import os
import signal

import pytest

from django_share_analytics.dispatch.consuming import stop_on_signals

pytestmark = pytest.mark.once


def test_stop_on_signals__leaves_the_handlers_as_they_were():
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) is before
