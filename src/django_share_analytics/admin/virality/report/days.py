"""Which days the page is about, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics.admin import words
from django_share_analytics.admin.virality.durations import days_of
from django_share_analytics.virality.cohort import last_matured

if TYPE_CHECKING:
    from django_share_analytics.periods import DayRange
    from django_share_analytics.virality.cohort import Cohort


def cohort_words(cohort: Cohort, matured: DayRange) -> str:
    """How the days that are looked at follow from those that were asked for."""
    within = _("What happened within %(days)s of a share counts.") % {
        "days": days_of(cohort.window)
    }
    if cohort.question.days is not None:
        return f"{_ended(matured.days, cohort.window)} {within}"
    if matured.end == cohort.question.period.end:
        return within
    left_out = _("Later days are left out, as the time of their shares isn't over.")
    return f"{within} {left_out}"


def _ended(days: int, window: int) -> str:
    said = ngettext("The day that ended %(ago)s.", "The %(days)d days that ended %(ago)s.", days)
    return said % {"days": days, "ago": _ago(window)}


def _ago(days: int) -> str:
    if days == 1:
        return _("a day ago")
    if days == 7:
        return _("a week ago")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def first_numbers(cohort: Cohort) -> str:
    """When there will be numbers of days of which none is over."""
    first = cohort.question.period.start
    day = first + timedelta(days=cohort.window + 1)
    while last_matured(day, cohort.window, cohort.question.period.zone) < first:
        day += timedelta(days=1)
    return _("The first of them can be looked at on %(day)s.") % {"day": words.full_day(day)}
