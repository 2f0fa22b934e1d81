"""What pages of numbers in the place of a list have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.access import MAY_EXPORT, ReadOnlyAdmin
from django_share_analytics.admin.columns import admin_page
from django_share_analytics.admin.themes import frame_of_page
from django_share_analytics.conf import get_app_model, get_settings
from django_share_analytics.events import utc_now
from django_share_analytics.files.downloads import csv_filename, csv_response
from django_share_analytics.files.exporting import table_csv
from django_share_analytics.host.names import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponseBase
    from django.urls import URLPattern

    from django_share_analytics.admin.question_form import QuestionForm
    from django_share_analytics.files.tables import Table
    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats import Question


class ReportFile(NamedTuple):
    name: str
    period: DayRange
    table: Table


class ReportPageAdmin(ReadOnlyAdmin):
    """A page in the place of a list: the proxy model gives it an entry in the admin's index and an
    address."""

    def get_urls(self) -> list[URLPattern]:
        """The page, and nothing else.

        The usual addresses for single objects would show shares to whoever may see statistics.
        """
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name=f"{self.opts.app_label}_{self.opts.model_name}_changelist")]

    page_form: ClassVar[type[QuestionForm]]
    page_template: ClassVar[str]
    tables: ClassVar[Collection[str]]
    """Names of those that there are as files."""

    def page_context(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        """What the page's own templates show."""
        raise NotImplementedError

    def read_file(self, form: Any, name: str) -> ReportFile:
        """One of the ``tables``, all of its rows."""
        raise NotImplementedError

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        # The admin site lets every member of staff in: the permission is checked here.
        if not self.has_view_permission(request):
            return self.denied(request)
        request.current_app = self.admin_site.name
        form = self.page_form(request.GET, utc_now())
        if "export" in request.GET:
            return self.export(request, form, request.GET["export"])
        context = {**self.page_context(request, form), **(extra_context or {})}
        if form.left_out_days:
            messages.warning(
                request, _("The days from and to were left out: the period says which.")
            )
        return TemplateResponse(
            request,
            self.change_list_template or self.page_template,
            {**self.admin_site.each_context(request), **context},
        )

    def asked_context(
        self,
        request: HttpRequest,
        form: QuestionForm,
        question: Question,
        link: Callable[..., str],
    ) -> dict[str, Any]:
        """What the frame of the page, its form and its filters show.

        ``link(platform=None)`` is the query of the same page with that left out.
        """
        app = form.chosen_app
        return {
            "subtitle": None if app is None else words.shortened(name_of(app)),
            "opts": self.opts,
            **frame_of_page(self),
            "form": form,
            "question": question,
            "is_narrowed": bool(request.GET),
            "whole_url": link(app=None),
            "filters": _filters(question, app, link),
            "app_url": self.app_url(request, app),
        }

    def export(self, request: HttpRequest, form: QuestionForm, name: str) -> HttpResponseBase:
        """One table of the page as a file, for those who may have it: all of its rows, of the same
        range and filters."""
        if not request.user.has_perm(MAY_EXPORT):
            return self.denied(request, MAY_EXPORT)
        if name not in self.tables:
            raise Http404(name)
        if not form.is_valid():
            # A file of something else than was asked for would not say so.
            return HttpResponseBadRequest(form.errors.as_text(), content_type="text/plain")
        file = self.read_file(form, name)
        return csv_response(
            request,
            table_csv(file.table.header, file.table.rows),
            filename=csv_filename(file.name, file.period.start, file.period.end),
            for_spreadsheet=True,
        )

    def same_url(
        self, request: HttpRequest, model: Any, question: Question, **query: Any
    ) -> str | None:
        """The list of ``model``, of the same platform and app; see :meth:`list_url`."""
        asked = {**query, "platform": question.platform, "app": question.app}
        said = {name: str(value) for name, value in asked.items() if value is not None}
        return self.list_url(request, model, **said)

    def list_url(self, request: HttpRequest, model: Any, **query: str) -> str | None:
        """The list of ``model``, when there is one and the reader may see it."""
        if not self.admin_site.is_registered(model):
            return None
        if not self.admin_site.get_model_admin(model).has_view_permission(request):
            return None
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        return reverse(name, current_app=self.admin_site.name, query=query or None)

    def app_url(self, request: HttpRequest, app: Model | None) -> str | None:
        """The admin page of the app, when there is one and the reader may see it."""
        model = get_app_model()
        if app is None or not self.admin_site.is_registered(model):
            return None
        app_admin = self.admin_site.get_model_admin(model)
        if not app_admin.has_view_or_change_permission(request, app):
            return None
        return admin_page(model, app.pk, self.admin_site)


def _filters(
    question: Question, app: Model | None, link: Callable[..., str]
) -> list[dict[str, str]]:
    """What narrows the page down, each with the way to do without."""
    filters = []
    if question.platform is not None:
        label = str(get_settings().platforms.label(question.platform))
        filters.append({"label": label, "url": link(platform=None)})
    if app is not None:
        filters.append({"label": words.shortened(name_of(app)), "url": link(app=None)})
    return filters
