from __future__ import annotations

from django.db import models


class Page(models.Model):
    """What this host shares; its key is a string, slashes included."""

    path = models.CharField(max_length=100, primary_key=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/pages/{self.pk}/"
