"""What the store offers, and what its visitors share."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _


class AppQuerySet(models.QuerySet["App"]):
    def with_shares(self) -> Self:
        """Each app with ``shares``, how often it was shared, in the same query."""
        return self.annotate(shares=Coalesce("share_analytics_count__n", 0))

    def most_shared_first(self) -> Self:
        return self.with_shares().order_by("-shares", "name_en", "pk")


class App(models.Model):
    """An app of the store."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name_en = models.CharField(_("English name"), max_length=200)
    name_ar = models.CharField(_("Arabic name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)

    objects = AppQuerySet.as_manager()

    class Meta:
        verbose_name = _("app")
        verbose_name_plural = _("apps")
        ordering = ("name_en", "pk")

    def __str__(self) -> str:
        """The name in the reader's script."""
        return self.name_ar if get_language_bidi() else self.name_en

    def get_absolute_url(self) -> str:
        return reverse("catalog:app", kwargs={"slug": self.slug})
