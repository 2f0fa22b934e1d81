from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class PlainShare(models.Model):
    """A table of shares as the package's own, without rollups."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    app = models.ForeignKey(settings.SHARE_ANALYTICS_APP_MODEL, models.CASCADE, related_name="+")
    platform = models.CharField(max_length=50, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    session_id = models.CharField(max_length=100, blank=True, default="")
    timestamp = models.DateTimeField(default=timezone.now, db_index=True)
    user_agent = models.CharField(max_length=500, blank=True)
    referrer_url = models.CharField(max_length=500, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["app", "timestamp"], name="plain_app_timestamp"),
            models.Index(fields=["app", "platform"], name="plain_app_platform"),
        ]

    def __str__(self) -> str:
        return str(self.id)
