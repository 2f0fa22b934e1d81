from __future__ import annotations

import uuid

from django.db import models


class App(models.Model):
    """What this host shares; its key is a UUID."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/apps/{self.pk}/"
