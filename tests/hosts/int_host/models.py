from __future__ import annotations

from django.db import models


class Article(models.Model):
    """What this host shares; its key is an integer."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/articles/{self.pk}/"
