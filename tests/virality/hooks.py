"""What a host may name in ``SHARE_VIEWS``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from django.contrib.auth import get_user_model

asked = []
NUMBER = 5


def views(app, start, end):
    """A hundred a day, and one more each day; but for the last, which it doesn't know."""
    asked.append((app, start, end))
    return {start + timedelta(days=n): 100 + n for n in range((end - start).days)}


def views_and_more(app, start, end):
    return {start - timedelta(days=1): 7, start: 1}


def views_of_nothing(app, start, end):
    return None


def views_in_parts(app, start, end):
    return {start: Fraction(1, 2)}


def views_below_nothing(app, start, end):
    return {start: -1}


def views_by_instant(app, start, end):
    return {datetime(2026, 3, 10, tzinfo=UTC): 5}


def views_by_name(app, start, end):
    return {str(start): 5}


def raising(app, start, end):
    raise ZeroDivisionError("no views")


def breaking(app, start, end):
    """A query that fails, as where a table is missing."""
    list(get_user_model().objects.extra(where=["no_such_column = 1"]))


def without_arguments():
    return {}
