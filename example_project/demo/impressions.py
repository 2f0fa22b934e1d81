"""How often the simulated visitors had buttons in sight.

Written as the counts that they are: no share depends on them. A page view of somebody real is
reported by the script that ``IMPRESSION_SAMPLE`` brings, and added to these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from django_share_analytics.models import ImpressionDay
from django_share_analytics.periods import DayRange, local_day

from .seen import views_on

if TYPE_CHECKING:
    from .loading import Gap

COMES_INTO_SIGHT = {"top": 0.9, "end": 0.55}
"""The part of page views that get as far as the buttons there: not everybody reads to the end."""


def load_impressions(gap: Gap) -> None:
    """The impressions of each day of ``gap`` in the place of any that are there."""
    zone = timezone.get_default_timezone()
    days = DayRange(local_day(gap.start, zone), local_day(gap.end, zone), zone)
    with transaction.atomic():
        ImpressionDay.objects.filter(day__range=(days.start, days.end)).delete()
        ImpressionDay.objects.bulk_create(
            ImpressionDay(day=day, placement=name, n=round(views_on(day) * part))
            for day in days
            for name, part in COMES_INTO_SIGHT.items()
        )
