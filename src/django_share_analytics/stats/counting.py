"""How often an app was shared, ever: exact, and beside the apps of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from django_share_analytics.conf import get_app_model
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.keys import app_key
from django_share_analytics.models import AppCount, AppPlatformCount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from django_share_analytics.keys import AppOrKey

Apps = TypeVar("Apps", bound="QuerySet[Any, Any]")
"""A queryset of the host's own class, which it keeps."""


@dataclass(frozen=True, slots=True)
class ShareCount:
    """How often an app was shared, ever."""

    app_id: Any
    by_platform: dict[str, int]
    """Only platforms with shares, most shared first."""

    @property
    def total(self) -> int:
        return sum(self.by_platform.values())


def share_count(app: AppOrKey) -> ShareCount:
    """How often ``app``, an object of the shared model or its key, was shared: exact, now.

    :raises InvalidShare: ``app`` is neither.
    """
    key = app_key(app)
    return share_counts([key])[key]


def share_counts(apps: Iterable[AppOrKey]) -> dict[Any, ShareCount]:
    """The counts of many apps by their keys, with one query. Unknown apps have none, so 0."""
    by_platform: dict[Any, dict[str, int]] = {app_key(app): {} for app in apps}
    rows = AppPlatformCount.objects.filter(app__in=list(by_platform), n__gt=0)
    for key, platform, n in rows.order_by("-n", "platform").values_list("app", "platform", "n"):
        if key in by_platform:  # MariaDB also finds "app-1" when asked for "APP-1"
            by_platform[key][platform] = n
    return {key: ShareCount(key, counts) for key, counts in by_platform.items()}


def with_share_count(queryset: Apps, name: str = "share_count") -> Apps:
    """``queryset``, of the shared model, with the number of shares of each app beside it.

    One column more, found by key: no join, nothing grouped, and nothing that other annotations
    multiply. It can be sorted and filtered by.

    :raises InvalidShare: the queryset is of another model.
    """
    if not issubclass(queryset.model, get_app_model()):
        raise InvalidShare(f"{queryset.model._meta.label} is not {get_app_model()._meta.label}.")
    counts = AppCount.objects.filter(app=OuterRef("pk")).values("n")
    number = Coalesce(Subquery(counts, output_field=BigIntegerField()), 0)
    return queryset.annotate(**{name: number})
