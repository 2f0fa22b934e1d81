"""The counts of shares: additive rows, ``n`` shares for a key.

Kept by :mod:`.counts.rollups` in the transaction that writes the shares. Their tables are declared
here, what is summed into them there.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_share_analytics.conf import app_model_label
from django_share_analytics.outcomes import MAX_REASON_LENGTH
from django_share_analytics.platforms import MAX_NAME_LENGTH


class Count(models.Model):
    """``n`` shares (or, for outcomes, events) that have the key in common."""

    n = models.BigIntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class AppCount(Count):
    """All shares of an app. Its integer key stands for the app in the counts by day."""

    id = models.AutoField(primary_key=True)
    app = models.OneToOneField(
        app_model_label(), on_delete=models.DO_NOTHING, related_name="share_analytics_count"
    )
    milestone = models.BigIntegerField(null=True)
    """The highest milestone that was announced (see :mod:`.writing.milestones`)."""

    class Meta(Count.Meta):
        verbose_name = _("count of an app")

    def __str__(self) -> str:
        return f"{self.app_id}: {self.n}"


class AppPlatformCount(Count):
    """All shares of an app on a platform. Its integer key stands for the two by day."""

    id = models.AutoField(primary_key=True)
    app = models.ForeignKey(
        app_model_label(),
        on_delete=models.DO_NOTHING,
        related_name="share_analytics_platform_counts",
        db_index=False,  # the constraint's own index starts with it
    )
    platform = models.CharField(max_length=MAX_NAME_LENGTH)

    class Meta(Count.Meta):
        verbose_name = _("count of an app on a platform")
        constraints = (
            models.UniqueConstraint(fields=["app", "platform"], name="share_app_platform_count"),
        )

    def __str__(self) -> str:
        return f"{self.app_id} → {self.platform}: {self.n}"


class AppDay(Count):
    """Shares of an app on a day of the reporting zone; sorted by day, for rankings."""

    n = models.IntegerField()
    pk = models.CompositePrimaryKey("day", "app_count_id")
    day = models.DateField()
    app_count = models.ForeignKey(
        AppCount, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta(Count.Meta):
        verbose_name = _("count of an app by day")

    def __str__(self) -> str:
        return f"{self.app_count_id} {self.day}: {self.n}"


class AppPlatformDay(Count):
    """Shares of an app on a platform on a day of the reporting zone."""

    n = models.IntegerField()
    pk = models.CompositePrimaryKey("app_platform_id", "day")
    app_platform = models.ForeignKey(
        AppPlatformCount,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    day = models.DateField()

    class Meta(Count.Meta):
        verbose_name = _("count of an app on a platform by day")

    def __str__(self) -> str:
        return f"{self.app_platform_id} {self.day}: {self.n}"


class SiteHour(Count):
    """Shares of the whole site on a platform in an hour of the reporting zone."""

    pk = models.CompositePrimaryKey("hour", "platform")
    hour = models.DateTimeField()
    """The UTC instant at which the reporting zone's hour starts."""
    platform = models.CharField(max_length=MAX_NAME_LENGTH)

    class Meta(Count.Meta):
        verbose_name = _("count of the site by hour")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:%M} {self.platform}: {self.n}"


class OutcomeHour(Count):
    """Events that were not recorded in an hour of the reporting zone, by reason."""

    pk = models.CompositePrimaryKey("hour", "reason")
    hour = models.DateTimeField()
    reason = models.CharField(max_length=MAX_REASON_LENGTH)

    class Meta(Count.Meta):
        verbose_name = _("events not recorded by hour")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:%M} {self.reason}: {self.n}"
