from __future__ import annotations

from typing import Self

from django.db import models


class Publisher(models.Model):
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class AppQuerySet(models.QuerySet["App"]):
    def published(self) -> Self:
        return self.filter(is_published=True)


class App(models.Model):
    name = models.CharField(max_length=100)
    publisher = models.ForeignKey(Publisher, models.CASCADE)
    is_published = models.BooleanField(default=True)

    share_count: int
    """Of a query that ``with_share_count()`` made."""

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/apps/{self.pk}"
