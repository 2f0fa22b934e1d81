"""The statistics page: what is shared, where, and whether it grows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext as _

from django_share_analytics import outcomes
from django_share_analytics.admin.access import MAY_EXPORT
from django_share_analytics.admin.look_alikes.frame import look_alikes_url
from django_share_analytics.admin.report_page import ReportFile, ReportPageAdmin
from django_share_analytics.admin.statistics.form import StatisticsForm
from django_share_analytics.admin.statistics.links import link
from django_share_analytics.admin.statistics.panel import build_pipeline
from django_share_analytics.admin.statistics.report.build import build_report
from django_share_analytics.admin.statistics.report.reach import reach_note
from django_share_analytics.admin.statistics.report.recent import recent_shares
from django_share_analytics.admin.statistics.tables import PAGE_TABLES, read_table
from django_share_analytics.models import SetAside, Share, ShareStatistics, ShareVirality
from django_share_analytics.stats.overview import read_overview
from django_share_analytics.status.pipeline import pipeline_status

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.stats import Question


@admin.register(ShareStatistics)
class ShareStatisticsAdmin(ReportPageAdmin):
    """The page, whose proxy model has a permission of its own."""

    page_form = StatisticsForm
    page_template = "admin/share_analytics/sharestatistics/change_list.html"
    tables = PAGE_TABLES

    def page_context(self, request: HttpRequest, form: StatisticsForm) -> dict[str, Any]:
        overview = read_overview(form.question())
        form.show(overview.stats)
        report, question, app = build_report(overview), overview.stats.question, form.chosen_app
        shares_url, status = self.shares_url(request, question), pipeline_status()
        own = status.records.not_recorded.get(outcomes.OWN, 0) if status.records else 0
        return {
            **self.asked_context(request, form, question, partial(link, question)),
            "title": _("Share statistics"),
            "report": report,
            "exports": self.export_urls(request, question, report.trend.export, shares_url),
            "reach_note": reach_note(own) if report.reach else "",
            "pipeline": build_pipeline(status),
            "set_aside_url": self.list_url(request, SetAside),
            "shares_url": shares_url,
            "virality_url": self.same_url(request, ShareVirality, question)
            if report.visits_card
            else None,
            "alike_url": self.alike_url(question) if app and shares_url else "",
            "recent": recent_shares(question, self.admin_site.get_model_admin(Share), request)
            if app and shares_url
            else [],
        }

    def read_file(self, form: StatisticsForm, name: str) -> ReportFile:
        question = form.question()
        return ReportFile(f"shares-{name}", question.period, read_table(name, question))

    def export_urls(
        self, request: HttpRequest, question: Question, trend: str, shares_url: str | None
    ) -> dict[str, str]:
        """The links to the tables' files, for those who may have them."""
        if not request.user.has_perm(MAY_EXPORT):
            return {}
        names = {"trend": trend, **{name: name for name in PAGE_TABLES}}
        links = {name: link(question, export=table) for name, table in names.items()}
        if shares_url:
            address, _, query = shares_url.partition("?")
            links["shares"] = f"{address}export/?{query}"
        return links

    def shares_url(self, request: HttpRequest, question: Question) -> str | None:
        """The single shares of what the page shows."""
        days = {"from": question.period.start, "to": question.period.end}
        return self.same_url(request, Share, question, **days)

    def alike_url(self, question: Question) -> str:
        """Those of the last day that look alike."""
        return look_alikes_url(self.admin_site, app=question.app, day=question.period.end)
