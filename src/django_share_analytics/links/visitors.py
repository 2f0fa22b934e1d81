"""Who is behind a request, for one day: a number that means nothing after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest


def visitor_of(request: HttpRequest) -> int | None:
    """63 bits that are the same for the same client and user agent on the same day of UTC.

    ``None`` where that can't be told, or is not to be. Never a query.
    """
    return None


def keep_day_secrets(using: str) -> None:
    """Have the secrets of today and of tomorrow in the database, and none of a day that is over.

    To be called at most once a minute for each place, inside of it, in a transaction or in none.
    """
