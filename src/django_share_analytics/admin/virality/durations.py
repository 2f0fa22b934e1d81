"""How long something took, in words."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3_600, 86_400
EXACT_BELOW = 10
"""Hours and days below that have a decimal, if it is not zero."""


def days_of(days: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def span_of(seconds: float) -> str:
    """``5400`` as ``1.5 h``: minutes, hours or days, with no more digits than mean something."""
    if seconds < HOUR:
        return _("%(number)s min") % {"number": _amount(max(seconds / MINUTE, 1), exact=False)}
    if seconds < 2 * DAY:
        return _("%(number)s h") % {"number": _amount(seconds / HOUR)}
    days = seconds / DAY
    whole = days >= EXACT_BELOW or round(days, 1).is_integer()
    said = ngettext("%(number)s day", "%(number)s days", round(days) if whole else 3)
    return said % {"number": _amount(days)}


def _amount(value: float, *, exact: bool = True) -> str:
    rounded = round(value, 1) if exact and value < EXACT_BELOW else round(value)
    return number_format(rounded, 0 if float(rounded).is_integer() else 1)
