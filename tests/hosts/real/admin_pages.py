"""Our pages in an admin, with a few weeks of shares."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.urls import reverse

from django_share_analytics import outcomes
from django_share_analytics.conf import get_app_model
from django_share_analytics.events import utc_now
from django_share_analytics.upkeep.look_alikes import VISITOR, Mark
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.writer import write_shares
from tests.factories import event, link_event

if TYPE_CHECKING:
    from collections.abc import Sequence

PLATFORMS = ("whatsapp", "telegram", "copy", "orkut")


def share(apps: Sequence[Any], *, by: Any = None) -> dict[str, str]:
    """Shares of all these apps but the last one; returns what the addresses below name."""
    now = utc_now()
    events = [
        event(
            app,
            PLATFORMS[n % 4],
            at=now - timedelta(hours=7 * n),
            referrer_url=f"https://{n}.a-site-with-a-long-name.example.org/and/a/path",
            session_id="40fcb71f-0d3a-4c5e-9d53-9d1b6a3e7f11",
            user_id=by.pk if by and n % 3 else None,
            visitor=1 + n % 2,
            user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0",
        )
        for number, app in enumerate(apps[:-1])
        for n in range(60 - 4 * number)
    ]
    # Whatever the hour is, one app has more than the period before, one fewer, and others are new.
    events += [
        event(app, "email", at=now - timedelta(days=40, minutes=minutes))
        for app in (apps[2], apps[5])
        for minutes in range(50)
    ]
    linked = [each for each in events if each.app_id == apps[0].pk]
    steps = [
        link_event(each, kind, each.timestamp + timedelta(minutes=5), detail=detail)
        for n, each in enumerate(linked)
        for kind, detail in (("preview", "whatsapp"), ("click", ""), ("visit", ""))[: n % 4]
    ]
    write_shares([*events, *steps])
    set_aside.set_event_aside(events[0], outcomes.REFUSED_BY_DATABASE, ValueError("no room"))
    return {
        "app": str(apps[0].pk),
        "quoted": quote(apps[0].pk),
        "never": str(apps[-1].pk),
        "share": str(events[0].id),
        "mark": Mark(VISITOR, 1).name,
    }


def addresses(names: dict[str, str]) -> dict[str, str]:
    """All our pages by name."""
    model = get_app_model()._meta
    own = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
    statistics = reverse("admin:share_analytics_sharestatistics_changelist")
    virality = reverse("admin:share_analytics_sharevirality_changelist")
    shares = reverse("admin:share_analytics_share_changelist")
    waiting = reverse("admin:share_analytics_setaside_changelist")
    return {
        "statistics": statistics,
        "statistics, 90 days": f"{statistics}?days=90",
        "statistics of an app": f"{statistics}?app={names['app']}",
        "statistics of a platform": f"{statistics}?platform=whatsapp&days=365&compare=0",
        "statistics, wrong": f"{statistics}?days=abc&from=2026-13-13",
        "statistics, nothing": f"{statistics}?app={names['never']}",
        "virality": f"{virality}?days=30&window=1",
        "virality of an app": f"{virality}?app={names['app']}&window=1",
        "virality, wrong": f"{virality}?window=9",
        "shares": shares,
        "shares that look alike": f"{shares}look-alikes/",
        "shares that look alike, of an app": f"{shares}look-alikes/?app={names['app']}",
        "shares to discard": f"{shares}look-alikes/discard/?app={names['app']}&of={names['mark']}",
        "shares, filtered": f"{shares}?platform=whatsapp&app={names['app']}",
        "shares, searched": f"{shares}?q=40fcb71f-0d3a-4c5e-9d53-9d1b6a3e7f11",
        "shares, wrong": f"{shares}?from=zz&user=nobody",
        "shares, none": f"{shares}?platform=sms",
        "a share": f"{shares}{names['share']}/change/",
        "set aside": waiting,
        "set aside, one": f"{waiting}{names['share']}/change/",
        "apps": own,
        "an app": f"{own}{names['quoted']}/change/",
        "an app, deleted": f"{own}{names['quoted']}/delete/",
    }
