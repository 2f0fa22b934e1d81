"""Which errors say that a database, or a broker, is away: the next request need not find out."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError, OSError)
"""No connection, a time limit that passed, a server that is going down. An error in the rows or in
the schema comes at once, and says nothing of the next share."""
