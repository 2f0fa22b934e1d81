"""What can go wrong. The docstring is the default message.

Wrong configuration is Django's own ``ImproperlyConfigured``, always with the setting's path.
"""

from __future__ import annotations

from math import ceil

from django.db import InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError, OSError)
"""What is raised when a database is away: no connection, a time limit that passed. The next to ask
would wait as long; other errors come at once, and say nothing of the next share."""


class ShareAnalyticsError(Exception):
    """Something went wrong in share analytics."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class InvalidShare(ShareAnalyticsError, ValueError):  # noqa: N818 - names a thing, not an error
    """This can not be a share."""


class UnknownApp(ShareAnalyticsError, LookupError):  # noqa: N818
    """There is no such app."""


class UnknownTenant(ShareAnalyticsError, LookupError):  # noqa: N818
    """There is no such tenant."""


class DispatcherUnavailable(ShareAnalyticsError):  # noqa: N818
    """No dispatcher can take the share now; try again later."""

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: int = 5,
        broker_is_away: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which trying again makes sense."""
        self.broker_is_away = broker_is_away
        """Whether asking was slow and is going to fail again: the dispatcher is then left alone for
        a while. A dispatcher that is merely full says no at once, and is asked again each time."""


class Throttled(ShareAnalyticsError):  # noqa: N818
    """That is too much at once; try again later."""

    def __init__(self, seconds: float, message: str | None = None) -> None:
        super().__init__(message)
        self.retry_after = max(1, ceil(seconds))
        """Seconds after which it would be taken."""


class UnreadableShare(ShareAnalyticsError, ValueError):  # noqa: N818
    """This is not an encoded share."""


class NewerShare(ShareAnalyticsError):  # noqa: N818
    """This was encoded by a newer version: it waits until that one is here."""


class WriteConflict(ShareAnalyticsError, OperationalError):  # noqa: N818
    """Another writer got in the way; the batch can be written again as it is."""


class ZoneChanged(ShareAnalyticsError):  # noqa: N818
    """The counts are of another time zone than the one that is set."""
