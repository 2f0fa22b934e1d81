"""Why an event was not recorded. The names are stored, served and counted."""

from __future__ import annotations

DUPLICATE = "duplicate"
"""A share with this id is there already."""

UNKNOWN_APP = "unknown_app"
"""No app has this key: it was deleted meanwhile, or never there."""

REFUSED_BY_DATABASE = "refused_by_database"
"""The database can't store this one event."""

UNAVAILABLE = "unavailable"
"""No dispatcher could take the event."""

INVALID = "invalid"
"""What was passed to ``track_share()`` can't be a share."""

LOST_AT_EXIT = "lost_at_exit"
"""The process had to stop before the database took the event."""
