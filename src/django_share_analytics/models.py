"""What is stored: the shares, and the counts that every reader reads.

Counts are additive rows (``n`` shares for a key), kept by :mod:`.rollups` in the transaction that
writes the shares. Their tables are declared here, what is summed into them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_share_analytics.conf import app_model_label, get_settings, reporting_zone
from django_share_analytics.counts.deletion import cascade_with_counts, uncounted
from django_share_analytics.events import MAX_SESSION_LENGTH, MAX_TEXT_LENGTH, new_id
from django_share_analytics.outcomes import MAX_REASON_LENGTH
from django_share_analytics.platforms import MAX_NAME_LENGTH
from django_share_analytics.sql.functions import UtcNow

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


MAX_ZONE_LENGTH = 100


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares, asked for in the words of the field."""

    def for_app(self, app: Any) -> Self:
        return self.filter(app=app)

    def on_platform(self, name: str) -> Self:
        """By any spelling that the registry knows."""
        return self.filter(platform=get_settings().platforms.name_of(name))

    def between(self, lower: datetime, upper: datetime) -> Self:
        """Shares accepted from ``lower`` up to, and not at, ``upper``."""
        return self.filter(timestamp__gte=lower, timestamp__lt=upper)

    def in_time(self, *, newest_first: bool = True) -> Self:
        """Shares by time, and by id where several have the same."""
        return self.order_by(*(("-timestamp", "-id") if newest_first else ("timestamp", "id")))

    def beyond(self, timestamp: datetime, id: UUID, *, newest_first: bool = True) -> Self:
        """Shares that come after this place when they are read :meth:`in_time`."""
        way = "lt" if newest_first else "gt"
        # The first condition says nothing new, but it is the one that an index answers.
        return self.in_time(newest_first=newest_first).filter(
            models.Q(**{f"timestamp__{way}e": timestamp}),
            models.Q(**{f"timestamp__{way}": timestamp})
            | models.Q(timestamp=timestamp, **{f"id__{way}": id}),
        )

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete these shares, and take them out of the counts in the same transaction."""
        shares = self._chain()  # type: ignore[attr-defined]
        shares._for_write = True  # what is read for it is read where it is deleted
        with transaction.atomic(using=shares.db), uncounted(shares):
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Share(models.Model):
    """One person sharing one app to one platform."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey(
        app_model_label(),
        on_delete=cascade_with_counts,
        related_name="share_analytics_shares",
        db_index=False,
        verbose_name=_("app"),
    )
    platform = models.CharField(_("platform"), max_length=MAX_NAME_LENGTH)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="share_analytics_shares",
        verbose_name=_("user"),
    )
    session_id = models.CharField(
        _("session"), max_length=MAX_SESSION_LENGTH, blank=True, default=""
    )
    timestamp = models.DateTimeField(_("shared at"), default=timezone.now, db_default=UtcNow())
    user_agent = models.CharField(
        _("user agent"), max_length=MAX_TEXT_LENGTH, blank=True, default=""
    )
    referrer_url = models.CharField(
        _("referrer"), max_length=MAX_TEXT_LENGTH, null=True, blank=True
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        default_permissions = ("view", "export")
        indexes = (
            models.Index(fields=["app", "timestamp"], name="share_app_timestamp"),
            models.Index(fields=["platform"], name="share_platform"),
            models.Index(fields=["platform", "timestamp"], name="share_platform_timestamp"),
            models.Index(fields=["app", "platform"], name="share_app_platform"),
            models.Index(fields=["timestamp"], name="share_timestamp"),
        )

    def __str__(self) -> str:
        label = get_settings().platforms.label(self.platform)
        if self.timestamp is None:  # of one that is still being made
            return str(label)
        return f"{label}, {self.timestamp.astimezone(reporting_zone()):%Y-%m-%d %H:%M:%S}"

    def delete(self, using: str | None = None, keep_parents: bool = False) -> Any:
        """Delete this share, and take it out of the counts in the same transaction."""
        using = using or router.db_for_write(Share, instance=self)
        return Share.objects.using(using).filter(pk=self.pk).delete()


class ShareStatistics(Share):
    """The statistics as a thing of their own: an entry in the admin index and a permission."""

    class Meta:
        proxy = True
        verbose_name = _("share statistics")
        verbose_name_plural = _("share statistics")
        default_permissions = ("view",)


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


class State(models.Model):
    """What is true of the counts as a whole: one row, which :mod:`.state` reads and writes."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    reporting_zone = models.CharField(max_length=MAX_ZONE_LENGTH)
    """The zone whose days and hours the counts were made for."""
    retained_from = models.DateTimeField(null=True)
    """Shares from this instant on are there row by row; of older ones there are only the counts."""
    closed_days_version = models.UUIDField()
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
