"""Numbers and days, written as the language of the page writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

if TYPE_CHECKING:
    from datetime import date

SMALLEST_PER_CENT = 0.1


def number(value: int) -> str:
    """``1234`` as ``1,234``, or however the language groups digits."""
    return number_format(value, force_grouping=True)


def per_cent(fraction: float) -> str:
    """``0.123`` as ``12.3%``. What is not nothing never reads as nothing."""
    percent = 100 * fraction
    if 0 < percent < SMALLEST_PER_CENT:
        return _("<%(percent)s%%") % {"percent": number_format(SMALLEST_PER_CENT, 1)}
    # Rounded here: number_format() cuts what is beyond the last digit.
    rounded = number_format(round(percent, 1), 1, force_grouping=True)
    return _("%(percent)s%%") % {"percent": rounded}


def shares(count: int) -> str:
    return ngettext("%(number)s share", "%(number)s shares", count) % {"number": number(count)}


def last_days(days: int) -> str:
    return ngettext("Last %(days)d day", "Last %(days)d days", days) % {"days": days}


def full_day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def axis_day(day: date) -> str:
    # Translators: a format for Django's "date" filter: the month and the day, as short as can be.
    return date_format(day, pgettext("day on the axis of a chart", "M j"))


def day_range(start: date, end: date) -> str:
    return _("%(start)s to %(end)s") % {"start": full_day(start), "end": full_day(end)}
