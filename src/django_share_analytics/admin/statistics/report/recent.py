"""The latest shares of an app, for those who may see single shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from django_share_analytics.admin.columns import address, moment
from django_share_analytics.conf import get_settings
from django_share_analytics.models import Share

if TYPE_CHECKING:
    from django_share_analytics.stats import Question

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


def recent_shares(question: Question, *, site: str) -> list[RecentRow]:
    """The newest first; found by the index on app and time, with one query.

    Each leads to its own page on the admin site named ``site``.
    """
    shares = Share.objects.for_app(question.app).between(
        question.period.lower, question.period.upper
    )
    if question.platform:
        shares = shares.on_platform(question.platform)
    label = get_settings().platforms.label
    return [
        RecentRow(
            time=moment(share.timestamp),
            url=reverse("admin:share_analytics_share_change", args=[share.pk], current_app=site),
            platform=str(label(share.platform)),
            user=share.user.get_username() if share.user else "",
            referrer=address(share.referrer_url, length=MAX_REFERRER_LENGTH)
            if share.referrer_url
            else "",
        )
        for share in shares.in_time().select_related("user")[:RECENT]
    ]
