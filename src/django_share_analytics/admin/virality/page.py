"""The page that says how far shares travel: whether they bring people, who share on, and where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from django_share_analytics.admin.access import MAY_EXPORT
from django_share_analytics.admin.report_page import ReportPageAdmin
from django_share_analytics.admin.virality.form import ViralityForm
from django_share_analytics.admin.virality.links import cohort_link
from django_share_analytics.admin.virality.report.build import build_travel
from django_share_analytics.admin.virality.tables import TRAVEL_TABLES, travel_table
from django_share_analytics.events import utc_now
from django_share_analytics.models import Share, ShareStatistics, ShareVirality
from django_share_analytics.virality.travel import travel_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase
    from django.template.response import TemplateResponse

    from django_share_analytics.virality.cohort import Cohort
    from django_share_analytics.virality.results import Virality

MAY_VIEW = "share_analytics.view_sharestatistics"
TRAVEL_TEMPLATE = "admin/share_analytics/sharevirality/change_list.html"


@admin.register(ShareVirality)
class ShareViralityAdmin(ReportPageAdmin):
    """The page. Who may see the statistics may see it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(MAY_VIEW))

    def denied(self, request: HttpRequest, permission: str = MAY_VIEW) -> TemplateResponse:
        return super().denied(request, permission)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        # The admin site lets every member of staff in: the permission is checked here.
        if not self.has_view_permission(request):
            return self.denied(request)
        request.current_app = self.admin_site.name
        form = ViralityForm(request.GET, utc_now())
        cohort = form.cohort()
        if "export" in request.GET:
            return self.export(request, form, cohort)
        context = self.page_context(request, form, travel_of(cohort))
        return self.respond(request, form, TRAVEL_TEMPLATE, {**context, **(extra_context or {})})

    def page_context(
        self, request: HttpRequest, form: ViralityForm, virality: Virality
    ) -> dict[str, Any]:
        """What the page's own templates show."""
        form.show(virality)
        cohort = virality.cohort
        return {
            **self.asked_context(request, form, cohort.question, partial(cohort_link, cohort)),
            "title": _("How far shares travel"),
            "report": build_travel(virality, self.share_url(request)),
            "exports": self.export_urls(request, cohort),
            "statistics_url": self.statistics_url(request, cohort),
        }

    def export(self, request: HttpRequest, form: ViralityForm, cohort: Cohort) -> HttpResponseBase:
        """One table of the page as a file, for those who may have it."""
        if not request.user.has_perm(MAY_EXPORT):
            return self.denied(request, MAY_EXPORT)
        name = request.GET["export"]
        if name not in TRAVEL_TABLES:
            raise Http404(name)
        period = cohort.matured or cohort.question.period
        table = travel_table(name, travel_of(cohort))
        return self.send(request, form, f"travels-{name}", period, table)

    def export_urls(self, request: HttpRequest, cohort: Cohort) -> dict[str, str]:
        """The links to the tables' files, for those who may have them."""
        if not request.user.has_perm(MAY_EXPORT):
            return {}
        return {name: cohort_link(cohort, export=name) for name in TRAVEL_TABLES}

    def share_url(self, request: HttpRequest) -> Callable[[object], str] | None:
        """What makes the address of a single share, for those who may see these."""
        if self.list_url(request, Share) is None:
            return None
        name, site = "admin:share_analytics_share_change", self.admin_site.name
        return lambda key: reverse(name, args=[key], current_app=site)

    def statistics_url(self, request: HttpRequest, cohort: Cohort) -> str | None:
        """The page of statistics of the same platform and app."""
        asked = {"platform": cohort.question.platform, "app": cohort.question.app}
        query = {name: str(value) for name, value in asked.items() if value is not None}
        return self.list_url(request, ShareStatistics, **query)
