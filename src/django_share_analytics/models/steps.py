"""What became of shares on their links, and the counts of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_share_analytics.events import MAX_PLACEMENT_LENGTH, MAX_TEXT_LENGTH
from django_share_analytics.models.counts import AppPlatformCount, Count
from django_share_analytics.models.shares import Share
from django_share_analytics.platforms import MAX_NAME_LENGTH
from django_share_analytics.steps import MAX_DETAIL_LENGTH, MAX_KIND_LENGTH


class LinkStep(models.Model):
    """Something that became of a share, on its link: see :mod:`.steps`.

    ``id`` is that of the event, which says what happened and to whom; of a re-share, that of the
    new share; of a fact, what :func:`.steps.fact_id` makes. Rows go with their share, and
    never before it. No constraint of the database says so: writers and whoever deletes lock the
    app.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    share = models.ForeignKey(
        Share, on_delete=models.DO_NOTHING, db_constraint=False, related_name="steps"
    )
    kind = models.CharField(max_length=MAX_KIND_LENGTH)
    detail = models.CharField(max_length=MAX_DETAIL_LENGTH, blank=True, default="")
    timestamp = models.DateTimeField()

    class Meta:
        verbose_name = _("step on the link of a share")
        verbose_name_plural = _("steps on the links of shares")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} of {self.share_id}"


class WaitingStep(models.Model):
    """A step on the link of a share that is not there yet: it may still be on its way.

    Taken up by the transaction that writes the share, or given up after an hour.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    share_id = models.UUIDField(db_index=True)
    app_key = models.CharField(max_length=MAX_TEXT_LENGTH)
    """The key of the app that the step names, as text; empty where it names none."""
    kind = models.CharField(max_length=MAX_KIND_LENGTH)
    detail = models.CharField(max_length=MAX_DETAIL_LENGTH, blank=True, default="")
    timestamp = models.DateTimeField()
    visitor = models.BigIntegerField(null=True)
    click_id = models.UUIDField(null=True)
    since = models.DateTimeField(db_index=True)
    """When it began to wait."""

    class Meta:
        verbose_name = _("step that waits for its share")
        verbose_name_plural = _("steps that wait for their shares")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} of {self.share_id}"


class DaySecret(models.Model):
    """What a day's visitors are told apart by, for that day of UTC alone; then it is gone."""

    day = models.DateField(primary_key=True)
    secret = models.CharField(max_length=64)
    """32 random bytes, in hexadecimal digits."""

    class Meta:
        verbose_name = _("secret of a day")
        verbose_name_plural = _("secrets of days")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day)


class SiteStepDay(Count):
    """Steps on the links of the shares of a day, by how old the share was then."""

    pk = models.CompositePrimaryKey("day", "platform", "kind", "detail", "age")
    day = models.DateField()
    """The day **of the share**, in the reporting zone; so in all counts of steps."""
    platform = models.CharField(max_length=MAX_NAME_LENGTH)
    kind = models.CharField(max_length=MAX_KIND_LENGTH)
    detail = models.CharField(max_length=MAX_DETAIL_LENGTH)
    age = models.PositiveSmallIntegerField()
    """See :func:`.steps.age_of`."""

    class Meta(Count.Meta):
        verbose_name = _("count of steps by day")

    def __str__(self) -> str:
        return f"{self.day} {self.platform} {self.kind} {self.detail} {self.age}: {self.n}"


class PlacementStepDay(Count):
    """Steps on the links of the shares that were made at a placement on a day.

    The shares themselves are counted here, too: as steps of the kind ``share``, in the first
    window.
    """

    pk = models.CompositePrimaryKey("day", "placement", "platform", "kind", "within")
    day = models.DateField()
    placement = models.CharField(max_length=MAX_PLACEMENT_LENGTH)
    platform = models.CharField(max_length=MAX_NAME_LENGTH)
    kind = models.CharField(max_length=MAX_KIND_LENGTH)
    within = models.PositiveSmallIntegerField()
    """See :func:`.steps.window_of`."""

    class Meta(Count.Meta):
        verbose_name = _("count of steps of a placement by day")

    def __str__(self) -> str:
        return f"{self.day} {self.placement} {self.platform} {self.kind} {self.within}: {self.n}"


class AppStepDay(models.Model):
    """Steps on the links of the shares of an app on a platform on a day, within a window.

    A column a kind, as one day has most of them: rows for each would take three times the room.
    """

    pk = models.CompositePrimaryKey("app_platform_id", "day", "within")
    app_platform = models.ForeignKey(
        AppPlatformCount,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    day = models.DateField()
    within = models.PositiveSmallIntegerField()
    """See :func:`.steps.window_of`. No step is counted in two windows."""
    preview = models.IntegerField(default=0)
    click = models.IntegerField(default=0)
    visit = models.IntegerField(default=0)
    reached = models.IntegerField(default=0)
    reshare = models.IntegerField(default=0)
    forwarded = models.IntegerField(default=0)
    conversion = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("steps of an app on a platform by day")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.app_platform_id} {self.day} {self.within}"


class ImpressionDay(Count):
    """How often buttons at a placement came into sight on a day.

    Estimated: of a sample of one page view in so many, each counts as so many. It belongs to no
    share, so that neither pruning nor deletion changes it.
    """

    pk = models.CompositePrimaryKey("day", "placement")
    day = models.DateField()
    """In the reporting zone as it was set then."""
    placement = models.CharField(max_length=MAX_PLACEMENT_LENGTH)

    class Meta(Count.Meta):
        verbose_name = _("count of impressions by day")

    def __str__(self) -> str:
        return f"{self.day} {self.placement}: {self.n}"


class Impression(models.Model):
    """A page view whose buttons came into sight, kept for a week so that it counts once."""

    id = models.UUIDField(primary_key=True, editable=False)
    timestamp = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)
