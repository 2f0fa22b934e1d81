"""Numbers and days, written as the language of the page writes them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format, time_format
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from django_share_analytics.periods import DayRange

SMALLEST_PER_CENT = 0.1
MAX_TEXT = 60
FIRST_STRONG, RIGHT_TO_LEFT, END = "\u2068", "\u2067", "\u2069"
"""Unicode's isolates: of the direction of their first letter, from right to left, and the end."""
RIGHT_TO_LEFT_MARK = "\u200f"
ONE_LINE = str.maketrans(" ", "\N{NO-BREAK SPACE}")


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
    """From day to day, short: with the years where one is not this year; a single day alone.

    It stays in one line, but for two years, and runs in the direction of the language.
    """
    with_year = start.year != end.year or end.year != today.year
    first, last = (_short_day(day, with_year=with_year) for day in (start, end))
    # A line may break after a dash, unless something joins it to what follows.
    blank = " " if start.year != end.year else "\N{WORD JOINER}\N{NO-BREAK SPACE}"
    days = first if start == end else f"{first}\N{NO-BREAK SPACE}\N{EN DASH}{blank}{last}"
    # Digits alone have no direction of their own: they would take that of the letters around them.
    return f"{RIGHT_TO_LEFT}{days}{END}" if get_language_bidi() else days


def _short_day(day: date, *, with_year: bool) -> str:
    if not with_year:
        return axis_day(day).translate(ONE_LINE)
    # Translators: a format for Django's "date" filter: day, month and year, short.
    shown = date_format(day, pgettext("day on the axis of a chart", "M j, Y"))
    return shown.translate(ONE_LINE)


def isolated(text: str) -> str:
    """A name in a sentence: whichever way its letters run, the sentence goes on in its own."""
    return f"{FIRST_STRONG}{text}{END}"


def clock(local: datetime) -> str:
    return date_format(local, "TIME_FORMAT")


def axis_clock(local: datetime | time) -> str:
    """The time of day below a chart, which runs from left to right in every language."""
    shown = time_format(local, "TIME_FORMAT")
    return f"{RIGHT_TO_LEFT_MARK}{shown}" if get_language_bidi() else shown


def day_and_clock(local: datetime) -> str:
    # Translators: a format for Django's "date" filter, where Django has none for your language, as
    # in Arabic. Else the name as it is: DATETIME_FORMAT.
    return date_format(local, pgettext("date and time", "DATETIME_FORMAT"))


def ending(instant: datetime, zone: tzinfo) -> str:
    """Until when something counts: the end of a day, or an hour of it."""
    local = instant.astimezone(zone)
    if local.time() == time.min:
        return _("the end of %(day)s") % {"day": full_day(local.date() - timedelta(days=1))}
    return day_and_clock(local)


def short_ending(instant: datetime, zone: tzinfo) -> str:
    """The same as :func:`ending` in as few words as can be, for an instant of today."""
    local = instant.astimezone(zone)
    if local.time() == time.min:
        said = _("to %(day)s") % {"day": axis_day(local.date() - timedelta(days=1))}
    else:
        # Translators: up to a time of day, such as "by 9 p.m."
        said = _("by %(clock)s") % {"clock": clock(local)}
    return said.translate(ONE_LINE)


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
