"""The statistics page: what is shared, where, and whether it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import Http404, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from django_share_analytics import outcomes
from django_share_analytics.admin import words
from django_share_analytics.admin.access import MAY_EXPORT, ReadOnlyAdmin
from django_share_analytics.admin.columns import admin_page
from django_share_analytics.admin.statistics.form import StatisticsForm
from django_share_analytics.admin.statistics.links import link
from django_share_analytics.admin.statistics.panel import build_pipeline
from django_share_analytics.admin.statistics.report.build import build_report
from django_share_analytics.admin.statistics.report.reach import reach_note
from django_share_analytics.admin.statistics.report.recent import recent_shares
from django_share_analytics.admin.statistics.tables import PAGE_TABLES, read_table
from django_share_analytics.admin.themes import frame_of_page
from django_share_analytics.conf import get_app_model, get_settings
from django_share_analytics.events import utc_now
from django_share_analytics.files.downloads import csv_filename, csv_response
from django_share_analytics.files.exporting import table_csv
from django_share_analytics.host.names import name_of
from django_share_analytics.models import SetAside, Share, ShareStatistics
from django_share_analytics.stats.overview import read_overview
from django_share_analytics.status.pipeline import pipeline_status

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponseBase
    from django.urls import URLPattern

    from django_share_analytics.stats import Question
    from django_share_analytics.stats.overview import Overview

PAGE_TEMPLATE = "admin/share_analytics/sharestatistics/change_list.html"


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
    ) -> Any:
        # The admin site lets every member of staff in: the permission is checked here.
        if not self.has_view_permission(request):
            return self.denied(request)
        request.current_app = self.admin_site.name
        form = StatisticsForm(request.GET, utc_now())
        question = form.question()
        if "export" in request.GET:
            return self.export(request, form, question)
        context = self.page_context(request, form, read_overview(question))
        if form.left_out_days:
            messages.warning(
                request, _("The days from and to were left out: the period says which.")
            )
        return TemplateResponse(
            request,
            self.change_list_template or PAGE_TEMPLATE,
            {**self.admin_site.each_context(request), **context, **(extra_context or {})},
        )

    def page_context(
        self, request: HttpRequest, form: StatisticsForm, overview: Overview
    ) -> dict[str, Any]:
        """What the page's own templates show."""
        form.show(overview.stats)
        report, question, app = build_report(overview), overview.stats.question, form.chosen_app
        shares_url, status = self.shares_url(request, question), pipeline_status()
        own = status.records.not_recorded.get(outcomes.OWN, 0) if status.records else 0
        return {
            "title": _("Share statistics"),
            "subtitle": None if app is None else words.shortened(name_of(app)),
            "opts": self.opts,
            **frame_of_page(self),
            "form": form,
            "question": question,
            "is_narrowed": bool(request.GET),
            "whole_url": link(question, app=None),
            "filters": self.filters(question, app),
            "report": report,
            "exports": self.export_urls(request, question, report.trend.export, shares_url),
            "reach_note": reach_note(own) if report.reach else "",
            "pipeline": build_pipeline(status),
            "set_aside_url": self.list_url(request, SetAside),
            "shares_url": shares_url,
            "app_url": self.app_url(request, app),
            "recent": recent_shares(question, site=self.admin_site.name)
            if app and shares_url
            else [],
        }

    def filters(self, question: Question, app: Model | None) -> list[dict[str, str]]:
        """What narrows the page down, each with the way to do without."""
        filters = []
        if question.platform is not None:
            label = str(get_settings().platforms.label(question.platform))
            filters.append({"label": label, "url": link(question, platform=None)})
        if app is not None:
            filters.append(
                {"label": words.shortened(name_of(app)), "url": link(question, app=None)}
            )
        return filters

    def export(
        self, request: HttpRequest, form: StatisticsForm, question: Question
    ) -> HttpResponseBase:
        """One table of the page as a file: all of its rows, of the same range and filters."""
        if not request.user.has_perm(MAY_EXPORT):
            return self.denied(request, MAY_EXPORT)
        name = request.GET["export"]
        if name not in PAGE_TABLES:
            raise Http404(name)
        if not form.is_valid():
            # A file of something else than was asked for would not say so.
            return HttpResponseBadRequest(form.errors.as_text(), content_type="text/plain")
        period, table = question.period, read_table(name, question)
        return csv_response(
            request,
            table_csv(table.header, table.rows),
            filename=csv_filename(f"shares-{name}", period.start, period.end),
            for_spreadsheet=True,
        )

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

    def list_url(self, request: HttpRequest, model: Any, **query: str) -> str | None:
        """The list of ``model``, when there is one and the reader may see it."""
        if not self.admin_site.is_registered(model):
            return None
        if not self.admin_site.get_model_admin(model).has_view_permission(request):
            return None
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        return reverse(name, current_app=self.admin_site.name, query=query or None)

    def shares_url(self, request: HttpRequest, question: Question) -> str | None:
        """The single shares of what the page shows."""
        days = {"from": question.period.start, "to": question.period.end}
        asked = {**days, "platform": question.platform, "app": question.app}
        query = {name: str(value) for name, value in asked.items() if value is not None}
        return self.list_url(request, Share, **query)

    def app_url(self, request: HttpRequest, app: Model | None) -> str | None:
        """The admin page of the app, when there is one and the reader may see it."""
        model = get_app_model()
        if app is None or not self.admin_site.is_registered(model):
            return None
        app_admin = self.admin_site.get_model_admin(model)
        if not app_admin.has_view_or_change_permission(request, app):
            return None
        return admin_page(model, app.pk, self.admin_site)
