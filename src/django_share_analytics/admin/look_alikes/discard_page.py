"""The page that asks whether these shares are to be discarded, and why; and does it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.look_alikes.forms import DiscardForm, LookAlikesForm
from django_share_analytics.admin.look_alikes.frame import (
    MAY_DISCARD,
    day_context,
    framed,
    look_alikes_url,
)
from django_share_analytics.admin.look_alikes.records import write_down
from django_share_analytics.admin.look_alikes.report import AlikeTable, group_row
from django_share_analytics.events import utc_now
from django_share_analytics.host.names import name_of
from django_share_analytics.upkeep.discarding import discard_shares
from django_share_analytics.upkeep.look_alikes import VISITOR, look_alikes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from django_share_analytics.admin.access import ReadOnlyAdmin


def discard_view(of: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Asks first; what is posted is done if it is still as it was shown."""
    if not of.has_view_permission(request):
        return of.denied(request)
    if not request.user.has_perm(MAY_DISCARD):
        return of.denied(request, MAY_DISCARD)
    form = LookAlikesForm(request.GET, utc_now())
    confirmed = DiscardForm(request.POST) if request.method == "POST" else None
    if confirmed and confirmed.is_valid() and _is_discarded(request, form, confirmed):
        return redirect(_back_url(of, form))
    return _ask(of, request, form, confirmed)


def _is_discarded(request: HttpRequest, form: LookAlikesForm, confirmed: DiscardForm) -> bool:
    said, app = confirmed.cleaned_data, form.chosen_app
    asked, shown = form.asked(said["until"]), said["number"]
    if asked is None or app is None:
        return False
    write = partial(write_down, request.user, app, asked.day.start, shown, said["why"])
    if discard_shares(asked, request.GET.get("of", ""), shown, write) != shown:
        text = _("Their number has changed meanwhile, so nothing was discarded: look again.")
        messages.warning(request, text)
        return False
    messages.success(request, _("Discarded: %(shares)s.") % {"shares": words.shares(shown)})
    return True


def _ask(
    of: ReadOnlyAdmin, request: HttpRequest, form: LookAlikesForm, confirmed: DiscardForm | None
) -> HttpResponse:
    """As things are now, whatever was shown before."""
    asked = form.asked()
    found = look_alikes(asked, request.GET.get("of", "")) if asked else None
    if asked is None or found is None or found.chosen is None:
        messages.warning(request, _("These shares are not there any more."))
        return redirect(_back_url(of, form))
    shown = {"until": asked.until.isoformat(), "number": found.chosen.n}
    given = {**shown, "why": confirmed.data.get("why", "")} if confirmed else None
    context = {
        **day_context(asked, form.now),
        "title": _("Discard shares"),
        "subtitle": words.shortened(name_of(form.chosen_app)),
        "form": DiscardForm(given, initial=shown, auto_id="share-discard-%s"),
        "heading": _("%(shares)s on %(day)s")
        % {
            "shares": words.shares(found.chosen.n),
            "day": words.full_day(asked.day.start),
        },
        "head": _("Visitor") if found.chosen.mark.kind == VISITOR else _("User agent"),
        "table": AlikeTable([group_row(found.chosen, found)], ""),
        "shares": words.shares(found.chosen.n),
        "back_url": _back_url(of, form),
    }
    return framed(of, request, "discard", context)


def _back_url(of: ReadOnlyAdmin, form: LookAlikesForm) -> str:
    asked = form.asked()
    query = {"app": asked.app, "day": asked.day.start} if asked else {}
    return look_alikes_url(of.admin_site, **query)
