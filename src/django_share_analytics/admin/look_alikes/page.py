"""The page of shares that look alike."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.look_alikes.forms import LookAlikesForm
from django_share_analytics.admin.look_alikes.frame import (
    DISCARD_URL,
    MAY_DISCARD,
    day_context,
    framed,
    look_alikes_url,
)
from django_share_analytics.admin.look_alikes.records import discarded_before
from django_share_analytics.admin.look_alikes.report import build_look_alikes
from django_share_analytics.events import utc_now
from django_share_analytics.host.names import name_of
from django_share_analytics.upkeep.look_alikes import look_alikes

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

    from django_share_analytics.admin.access import ReadOnlyAdmin
    from django_share_analytics.upkeep.look_alikes import Alike, Asked


def look_view(of: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """The page: a form, and what was found once an app is chosen."""
    if not of.has_view_permission(request):
        return of.denied(request)
    form = LookAlikesForm(request.GET, utc_now())
    asked, app = form.asked(), form.chosen_app
    form.offer_apps()
    context = {
        "title": _("Shares that look alike"),
        "form": form,
        "is_narrowed": bool(request.GET),
        "list_url": _list_url(of.admin_site),
    }
    if asked is not None and app is not None:
        context |= day_context(asked, form.now) | _found(of.admin_site, request, asked, app)
    return framed(of, request, "look_alikes", context)


def _found(site: AdminSite, request: HttpRequest, asked: Asked, app: Model) -> dict[str, Any]:
    found, day = look_alikes(asked), asked.day.start
    may_discard = request.user.has_perm(MAY_DISCARD)
    return {
        "question": {"app": app},
        "subtitle": words.shortened(name_of(app)),
        "whole_url": look_alikes_url(site),
        "report": build_look_alikes(found, partial(_discard_url, site, asked, may_discard)),
        "is_empty": not found.n,
        "records": discarded_before(app, day),
        "list_url": _list_url(site, **{"app": app.pk, "from": day, "to": day}),
    }


def _discard_url(site: AdminSite, asked: Asked, may_discard: bool, group: Alike) -> str:
    query = {"app": asked.app, "day": asked.day.start, "of": group.mark.name}
    return look_alikes_url(site, DISCARD_URL, **query) if may_discard else ""


def _list_url(site: AdminSite, **query: Any) -> str:
    name = "admin:share_analytics_share_changelist"
    return reverse(name, current_app=site.name, query=query or None)
