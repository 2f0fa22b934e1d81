"""The statistics page: what is shared, where, and whether it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _

from django_share_analytics.conf import get_app_model
from django_share_analytics.models import SetAside, ShareStatistics
from django_share_analytics.stats import share_stats
from django_share_analytics.status import pipeline_status

from .pipeline import build_pipeline
from .readonly import ReadOnlyAdmin
from .report import build_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

PERIODS = (7, 30, 90)
DEFAULT_PERIOD = 30
TEMPLATE = "admin/share_analytics/sharestatistics/change_list.html"


@admin.register(ShareStatistics)
class ShareStatisticsAdmin(ReadOnlyAdmin):
    """A page in the place of a list: the proxy model gives it an entry in the admin's index, a
    permission of its own and an address."""

    def get_urls(self) -> list[URLPattern]:
        """The page, and nothing else.

        The usual addresses for single objects would show shares to whoever may see statistics.
        """
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="share_analytics_sharestatistics_changelist")]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # The admin site lets every member of staff in: the permission is checked here.
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = build_report(share_stats(days=self.days(request)), self.app_url(request))
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Share statistics"),
            "opts": self.opts,
            "report": report,
            "pipeline": build_pipeline(pipeline_status()),
            "set_aside_url": self.set_aside_url(request),
            "breadcrumbs_are_a_list": django.VERSION >= (6, 1),
            "may_view_shares": request.user.has_perm("share_analytics.view_share"),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.change_list_template or TEMPLATE, context)

    def days(self, request: HttpRequest) -> int:
        """The period asked for; the usual one, and a message, when there is no such period."""
        asked = request.GET.get("days", str(DEFAULT_PERIOD))
        if asked in map(str, PERIODS):
            return int(asked)
        messages.warning(
            request,
            _("There is no such period. These are the last %(days)d days.")
            % {"days": DEFAULT_PERIOD},
        )
        return DEFAULT_PERIOD

    def set_aside_url(self, request: HttpRequest) -> str | None:
        """The list of what was set aside, when there is one and the reader may see it."""
        if not self.admin_site.is_registered(SetAside):
            return None
        if not self.admin_site.get_model_admin(SetAside).has_view_permission(request):
            return None
        return reverse(
            "admin:share_analytics_setaside_changelist", current_app=self.admin_site.name
        )

    def app_url(self, request: HttpRequest) -> Callable[[Any], str | None]:
        """What gives the admin page of an app, when there is one and the reader may see it."""
        model = get_app_model()
        if not self.admin_site.is_registered(model):
            return lambda key: None
        app_admin = self.admin_site.get_model_admin(model)
        if not app_admin.has_view_or_change_permission(request):
            return lambda key: None
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"

        def url(key: Any) -> str | None:
            try:
                return reverse(name, args=[quote(key)], current_app=self.admin_site.name)
            except NoReverseMatch:
                return None

        return url
