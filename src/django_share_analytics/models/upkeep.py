"""What operators look after: the state of the counts, and what could not be stored."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_share_analytics.events import MAX_TEXT_LENGTH
from django_share_analytics.outcomes import MAX_REASON_LENGTH

MAX_ZONE_LENGTH = 100


class State(models.Model):
    """What is true of the counts as a whole: one row, which :mod:`.state` reads and writes."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    reporting_zone = models.CharField(max_length=MAX_ZONE_LENGTH)
    """The zone whose days and hours the counts were made for."""
    retained_from = models.DateTimeField(null=True)
    """Shares from this instant on are there row by row; of older ones there are only the counts."""
    blanked_until = models.DateTimeField(null=True)
    """Nothing personal comes in any more of shares from before this instant, and what is there is
    being emptied."""
    blanked_to = models.DateTimeField(null=True)
    """So far it is: there is nothing personal in shares from before this instant."""
    closed_days_version = models.UUIDField()
    link_days_version = models.UUIDField(null=True)
    """As the one above, for steps on links: one of today for a share of yesterday is the rule."""
    needs_recount = models.BooleanField(default=False)
    """The zone was changed, and not all counts are in the new one yet."""
    repairs = models.PositiveBigIntegerField(default=0)
    """Grows with each repair, so that two at the same time don't both correct the same count."""

    class Meta:
        verbose_name = _("state of the counts")
        verbose_name_plural = _("state of the counts")
        default_permissions = ()

    def __str__(self) -> str:
        return f"counts in {self.reporting_zone}"


class SetAside(models.Model):
    """Something that can't be stored as a share, kept for an operator's second look.

    Written by :mod:`.set_aside` alone, as printable ASCII that every database takes.
    """

    id = models.UUIDField(_("ID"), primary_key=True, editable=False)
    """That of the share; of what could not be read as one, a digest of the payload."""
    payload = models.TextField(_("payload"))
    """The line that :mod:`.codec` makes of a share, or whatever came in its place."""
    reason = models.CharField(_("reason"), max_length=MAX_REASON_LENGTH)
    error = models.CharField(_("error"), max_length=MAX_TEXT_LENGTH, blank=True, default="")
    set_aside_at = models.DateTimeField(_("set aside at"))

    class Meta:
        verbose_name = _("share set aside")
        verbose_name_plural = _("shares set aside")
        default_permissions = ("view", "delete", "replay")

    def __str__(self) -> str:
        return f"{self.id}: {self.reason}"


class CascadeSnapshot(models.Model):
    """What ``find_cascades`` found: the largest cascades, and how many there were of each size."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    """One row for each number of days that was looked at."""
    made_at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        verbose_name = _("snapshot of cascades")
        verbose_name_plural = _("snapshots of cascades")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.id} days at {self.made_at}"
