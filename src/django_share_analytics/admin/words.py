"""Numbers and days, written as the language of the page writes them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from django_share_analytics.periods import DayRange

SMALLEST_PER_CENT = 0.1
MAX_TEXT = 60


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


def signed_per_cent(fraction: float) -> str:
    """``0.123`` as ``+12.3%``, and a fall with a minus sign."""
    sign = "+" if fraction > 0 else "\N{MINUS SIGN}" if fraction < 0 else ""
    return f"{sign}{per_cent(abs(fraction))}"


def shares(count: int) -> str:
    return ngettext("%(number)s share", "%(number)s shares", count) % {"number": number(count)}


def last_days(days: int) -> str:
    return ngettext("Last %(days)d day", "Last %(days)d days", days) % {"days": days}


def full_day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def axis_day(day: date) -> str:
    # Translators: a format for Django's "date" filter: the month and the day, as short as can be.
    return date_format(day, pgettext("day on the axis of a chart", "M j"))


def short_range(start: date, end: date, today: date) -> str:
    """From day to day, short: with the year where it is not this one; a single day alone."""

    def day(value: date) -> str:
        if value.year == today.year:
            return axis_day(value)
        # Translators: a format for Django's "date" filter: day, month and year, short.
        return date_format(value, pgettext("day on the axis of a chart", "M j, Y"))

    return day(start) if start == end else f"{day(start)} \N{EN DASH} {day(end)}"


def clock(local: datetime) -> str:
    return date_format(local, "TIME_FORMAT")


def day_and_clock(local: datetime) -> str:
    return date_format(local, "DATETIME_FORMAT")


def ending(instant: datetime, zone: tzinfo) -> str:
    """Until when something counts: the end of a day, or an hour of it."""
    local = instant.astimezone(zone)
    if local.time() == time.min:
        return _("the end of %(day)s") % {"day": full_day(local.date() - timedelta(days=1))}
    return day_and_clock(local)


def part(percent: float, count: int) -> str:
    """One of the percentages that add up to 100; what is not nothing never reads as nothing."""
    return per_cent(percent / 100 if percent or not count else SMALLEST_PER_CENT / 200)


def compared_ranges(period: DayRange, today: date) -> str:
    """The days, and as many before."""
    before = period.before()
    return _("%(period)s, compared with %(before)s") % {
        "period": short_range(period.start, period.end, today),
        "before": short_range(before.start, before.end, today),
    }


def shortened(text: str) -> str:
    """A stranger's text, cut to a length that fits into a line."""
    return Truncator(text).chars(MAX_TEXT)


def day_range(start: date, end: date) -> str:
    if start == end:
        return full_day(start)
    return _("%(start)s to %(end)s") % {"start": full_day(start), "end": full_day(end)}
