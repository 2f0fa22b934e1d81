"""Write in the request itself: for tests, and for sites with a share now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import Error

from django_share_analytics import outcomes
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.exceptions import AWAY, DispatcherUnavailable
from django_share_analytics.writing.batches import write_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.events import Event


REASONS = {
    "duplicates": outcomes.DUPLICATE,
    "before_retention": outcomes.BEFORE_RETENTION,
    "unknown_tenant": outcomes.UNKNOWN_TENANT,
    "unknown_app": outcomes.UNKNOWN_APP,
    "refused": outcomes.REFUSED_BY_DATABASE,
}
"""Why an event that is in one of these lists of the writer's is not recorded."""


class ImmediateDispatcher(BaseDispatcher):
    """Writes each event before ``submit`` returns."""

    is_durable = True
    writes_in_request = True

    def submit(self, event: Event) -> str | None:
        try:
            result = write_batch([event])
        except (Error, OSError) as error:
            raise DispatcherUnavailable(
                "The database can't be written to.", broker_is_away=isinstance(error, AWAY)
            ) from error
        if _is_among(result.recorded, event):
            return None
        found = (r for name, r in REASONS.items() if _is_among(getattr(result, name), event))
        return next(found, None)

    def status(self) -> DispatcherStatus:
        return DispatcherStatus(is_shared=True)  # nothing waits, in any process


def _is_among(events: Sequence[Event], event: Event) -> bool:
    """With it, the writer may have written steps that had waited for their share."""
    return any(one.id == event.id and type(one) is type(event) for one in events)


class UnderTestsDispatcher(ImmediateDispatcher):
    """Takes the place of the configured one in a test that sets none.

    A test that may not use the database is not the place to say so: it gets its 202, and nothing is
    written.
    """

    def submit(self, event: Event) -> str | None:
        try:
            return super().submit(event)
        except Exception as error:
            if not _is_forbidden(error):
                raise
            return None


def _is_forbidden(error: BaseException | None) -> bool:
    """Whether Django's ``SimpleTestCase`` or pytest-django keeps the test from the database."""
    if error is None:
        return False
    is_djangos = type(error).__name__ == "DatabaseOperationForbidden"
    is_pytests = str(error).startswith("Database access not allowed")
    return is_djangos or is_pytests or _is_forbidden(error.__cause__)
