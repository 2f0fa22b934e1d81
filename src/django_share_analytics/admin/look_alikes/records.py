"""Who discarded what, when and why: lines of the admin's own log.

None of them says whose shares these were: it stays when nothing else of them is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.columns import moment
from django_share_analytics.host.names import name_of
from django_share_analytics.models import Share
from django_share_analytics.upkeep.look_alikes import AGENT, VISITOR

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import Model

    from django_share_analytics.upkeep.look_alikes import Mark

RECORDS = 10
MAX_NAME = 150


def write_down(user: Any, app: Model, day: date, number: int, why: str, mark: Mark) -> None:
    """The line of this discarding, in the transaction that is going on in that database."""
    said = _sentence(mark) % {"shares": words.shares(number), "why": why}
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(Share),
        object_id=_place(app, day),
        object_repr=f"{name_of(app)[:MAX_NAME]}, {day.isoformat()}",
        action_flag=DELETION,
        change_message=said,
    )


def discarded_before(app: Model, day: date) -> list[dict[str, Any]]:
    """What was written down of this app and day, the newest first; with one query."""
    lines = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Share),
        action_flag=DELETION,
        object_id=_place(app, day),
    )
    return [
        {
            "when": moment(line.action_time),
            "who": line.user.get_username(),
            "what": line.change_message,
        }
        for line in lines.select_related("user").order_by("-action_time")[:RECORDS]
    ]


def _place(app: Model, day: date) -> str:
    return f"{day.isoformat()} {app.pk}"


def _sentence(mark: Mark) -> str:
    if mark.kind == VISITOR:
        return _("%(shares)s of one visitor: %(why)s")
    if mark.kind == AGENT:
        return _("%(shares)s with one user agent: %(why)s")
    return _("%(shares)s with one user agent and no known visitor: %(why)s")
