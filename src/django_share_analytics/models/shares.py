"""The shares themselves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_share_analytics.conf import app_model_label, get_settings, reporting_zone
from django_share_analytics.counts.deletion import (
    cascade_with_counts,
    forget_sharer,
    uncounted,
)
from django_share_analytics.events import (
    MAX_PLACEMENT_LENGTH,
    MAX_SESSION_LENGTH,
    MAX_TEXT_LENGTH,
    new_id,
)
from django_share_analytics.platforms import MAX_NAME_LENGTH
from django_share_analytics.sql.functions import UtcNow

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django_share_analytics.keys import AppOrKey


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares, asked for in the words of the field."""

    def for_app(self, app: AppOrKey) -> Self:
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
        """Delete these shares with their steps, and take them out of the counts, all at once."""
        shares = self._chain()  # type: ignore[attr-defined]
        shares._for_write = True  # what is read for it is read where it is deleted
        deleted: Counter[str] = Counter()
        with transaction.atomic(using=shares.db), uncounted(shares) as some:
            for rows in some:
                deleted.update(rows.delete()[1])
        self._result_cache = None
        return deleted.total(), dict(deleted)

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
        on_delete=forget_sharer,
        null=True,
        blank=True,
        related_name="share_analytics_shares",
        verbose_name=_("user"),
    )
    session_id = models.CharField(
        _("session"), max_length=MAX_SESSION_LENGTH, blank=True, default=""
    )
    timestamp = models.DateTimeField(_("shared at"), default=timezone.now, db_default=UtcNow())
    visitor = models.BigIntegerField(null=True, editable=False)
    """Whoever shared (see :mod:`.links.visitors`): a step on the link by the same is their own."""
    placement = models.CharField(
        _("placement"), max_length=MAX_PLACEMENT_LENGTH, blank=True, default="", db_default=""
    )
    user_agent = models.CharField(
        _("user agent"), max_length=MAX_TEXT_LENGTH, blank=True, default=""
    )
    referrer_url = models.CharField(
        _("referrer"), max_length=MAX_TEXT_LENGTH, null=True, blank=True
    )

    objects = ShareQuerySet.as_manager()

    if TYPE_CHECKING:  # mypy's plugin for Django knows them, other checkers don't
        app_id: Any
        user_id: Any

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        default_permissions = ("view", "export", "discard")
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


class ShareVirality(Share):
    """Stands in the admin for the page about how far shares travel, as :class:`ShareStatistics`
    does for the statistics, whose permission it goes by."""

    class Meta:
        proxy = True
        verbose_name = _("how far shares travel")
        verbose_name_plural = _("how far shares travel")
        default_permissions = ()
