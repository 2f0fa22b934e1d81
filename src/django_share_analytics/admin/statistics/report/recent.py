"""The latest shares of an app, for those who may see single shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.urls import reverse

from django_share_analytics.admin.columns import address, moment
from django_share_analytics.conf import get_settings

if TYPE_CHECKING:
    from django.contrib import admin
    from django.http import HttpRequest

    from django_share_analytics.models import Share, ShareQuerySet
    from django_share_analytics.stats import Question

    ModelAdmin = admin.ModelAdmin[Share]

RECENT = 10
MAX_REFERRER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class RecentRow:
    time: str
    url: str
    """The page of this share."""
    platform: str
    user: str
    referrer: str


def recent_shares(question: Question, of: ModelAdmin, request: HttpRequest) -> list[RecentRow]:
    """The newest first; found by the index on app and time, with one query.

    Those that the admin of shares, ``of``, would show to whoever asks. Each leads to its own page
    there.
    """
    shares = cast("ShareQuerySet", of.get_queryset(request)).prefetch_related(None)
    shares = shares.for_app(question.app).between(question.period.lower, question.period.upper)
    if question.platform:
        shares = shares.on_platform(question.platform)
    label, url = get_settings().platforms.label, "admin:share_analytics_share_change"
    return [
        RecentRow(
            time=moment(share.timestamp),
            url=reverse(url, args=[share.pk], current_app=of.admin_site.name),
            platform=str(label(share.platform)),
            user=share.user.get_username() if share.user else "",
            referrer=address(share.referrer_url, length=MAX_REFERRER_LENGTH)
            if share.referrer_url
            else "",
        )
        for share in shares.in_time().select_related("user")[:RECENT]
    ]
