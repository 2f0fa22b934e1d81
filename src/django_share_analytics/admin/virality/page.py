"""The page that says how far shares travel: whether they bring people, who share on, and where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _

from django_share_analytics.admin.access import MAY_EXPORT
from django_share_analytics.admin.report_page import ReportFile, ReportPageAdmin
from django_share_analytics.admin.virality.form import ViralityForm
from django_share_analytics.admin.virality.links import cohort_link
from django_share_analytics.admin.virality.report.build import build_travel
from django_share_analytics.admin.virality.tables import TRAVEL_TABLES, travel_table
from django_share_analytics.models import Share, ShareStatistics, ShareVirality
from django_share_analytics.virality.travel import travel_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.template.response import TemplateResponse

    from django_share_analytics.virality.cohort import Cohort

MAY_VIEW = "share_analytics.view_sharestatistics"


@admin.register(ShareVirality)
class ShareViralityAdmin(ReportPageAdmin):
    """The page. Who may see the statistics may see it."""

    page_form = ViralityForm
    page_template = "admin/share_analytics/sharevirality/change_list.html"
    tables = TRAVEL_TABLES

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(MAY_VIEW))

    def denied(self, request: HttpRequest, permission: str = MAY_VIEW) -> TemplateResponse:
        return super().denied(request, permission)

    def page_context(self, request: HttpRequest, form: ViralityForm) -> dict[str, Any]:
        cohort = form.cohort()
        virality = travel_of(cohort)
        form.show(virality)
        return {
            **self.asked_context(request, form, cohort.question, partial(cohort_link, cohort)),
            "title": _("How far shares travel"),
            "report": build_travel(virality, self.share_url(request)),
            "exports": self.export_urls(request, cohort),
            "statistics_url": self.same_url(request, ShareStatistics, cohort.question),
        }

    def read_file(self, form: ViralityForm, name: str) -> ReportFile:
        cohort = form.cohort()
        period = cohort.matured or cohort.question.period
        return ReportFile(f"travels-{name}", period, travel_table(name, travel_of(cohort)))

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
