"""What a project can listen to."""

from __future__ import annotations

from django.dispatch import Signal

shares_recorded = Signal()
"""Shares are stored and counted. Sent after the commit, with ``events``: a list of ShareEvent."""

shares_dropped = Signal()
"""Accepted events will not be stored. Sent with ``events`` and ``reason`` (see ``outcomes``)."""
