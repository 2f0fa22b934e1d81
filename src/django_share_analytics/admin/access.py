"""Who may see the admin's pages, and what those see who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.exceptions import BadRequest, ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from django_share_analytics.admin.themes import frame_of_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from django_share_analytics.models import Share

    AnyModelAdmin = admin.ModelAdmin[Any]
    ShareModelAdmin = admin.ModelAdmin[Share]
else:
    AnyModelAdmin = object
    ShareModelAdmin = admin.ModelAdmin

MAY_EXPORT = "share_analytics.export_share"
DENIED_TEMPLATE = "admin/share_analytics/no_permission.html"


class DenialMixin(AnyModelAdmin):
    """Who may not see a page is told which permission is missing, and led back.

    The admin's own answer is a line without a way on. Only staff get here: the admin site asks
    everybody else to log in.
    """

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if not self.has_view_or_change_permission(request):
            return self.denied(request)
        return super().changelist_view(request, extra_context)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.has_view_or_change_permission(request):
            return self.denied(request)
        return super().change_view(request, *args, **kwargs)

    def denied(self, request: HttpRequest, permission: str = "") -> TemplateResponse:
        """The page that says so, with status 403; it is the permission to view that is missing."""
        view = f"{self.opts.app_label}.{get_permission_codename('view', self.opts)}"
        context = {"title": _("A permission is missing"), "permission": permission or view}
        return self.framed(request, DENIED_TEMPLATE, context, status=403)

    def framed(
        self, request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
    ) -> TemplateResponse:
        """A page of this model's, as the admin frames its own."""
        request.current_app = self.admin_site.name
        frame = {**self.admin_site.each_context(request), "opts": self.opts, **frame_of_page(self)}
        return TemplateResponse(request, template, {**frame, **context}, status=status)


class OfferedMixin(AnyModelAdmin):
    """An address asks for what the page offers, and for nothing else.

    The admin takes every look-up of every field from an address. Some read the whole table, some
    never end (regular expressions), and some are an error of the database.
    """

    offered: ClassVar[frozenset[str]]
    """The parameters of the filters."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        columns = {name for field in self.opts.fields for name in (field.name, field.attname)}
        return lookup in self.offered or lookup.split("__")[0] not in {*columns, "pk"}

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().response_action(request, *args, **kwargs)
        except (OverflowError, ValidationError, ValueError) as error:
            # Rows are selected by keys, and these can be any text.
            raise BadRequest(str(error)) from error


class ReadOnlyAdmin(DenialMixin, ShareModelAdmin):
    """Shows, and never adds, changes or deletes.

    Deleting an app takes its shares along all the same: the model sees to that, and asks nobody for
    a permission to delete shares.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
