"""Shares that no database takes."""

from __future__ import annotations

from tests.factories import event


def refused(app, **values):
    """A share that no database takes, and that a repair makes storable (see ``repair``)."""
    return event(app, session_id=None, **values)


def repair(row):
    """What an operator, or the next version, does so that a replay can work."""
    row.payload = row.payload.replace('"session":null', '"session":"repaired"')
    row.save()
