"""The list of what was set aside: to look at, to replay, to discard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_share_analytics.admin.access import DenialMixin, OfferedMixin
from django_share_analytics.admin.columns import moment
from django_share_analytics.admin.statistics.panel import reason_label
from django_share_analytics.models import SetAside
from django_share_analytics.writing.replay import replay

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    ModelAdmin = admin.ModelAdmin[SetAside]
else:
    ModelAdmin = admin.ModelAdmin

MAX_ERROR_LENGTH = 100


class ReasonFilter(admin.SimpleListFilter):
    """The reasons that there are."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        reasons = SetAside.objects.order_by("reason").values_list("reason", flat=True).distinct()
        return [(reason, reason_label(reason)) for reason in reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> QuerySet[SetAside]:
        if not self.value():
            return queryset
        # Of any text, the database is asked for none that it may not take.
        is_there = self.value() in dict(self.lookup_choices)
        return queryset.filter(reason=self.value()) if is_there else queryset.none()


@admin.register(SetAside)
class SetAsideAdmin(OfferedMixin, DenialMixin, ModelAdmin):
    """Nothing here is written by hand: it is replayed as it is, or deleted, which discards it."""

    list_display = ("when", "why", "short_error", "share_id")
    list_filter = (ReasonFilter,)
    offered = frozenset({"reason"})
    ordering = ("-set_aside_at",)
    actions = ("replay",)
    list_per_page = 50
    fields = ("id", "when", "why", "error", "whole_payload")
    readonly_fields = fields

    class Media:
        css = {"all": ["share_analytics/admin.css"]}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return cast("HttpResponse", super().changelist_view(request, context))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("share_analytics.replay_setaside")

    @admin.action(description=_("Replay: write them as shares again"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> None:
        replayed = replay(queryset)
        if replayed.left:
            text = ngettext("%(n)d share is recorded.", "%(n)d shares are recorded.", replayed.left)
            messages.success(request, text % {"n": replayed.left})
        if replayed.stayed:
            text = gettext("%(n)d can't be recorded as they are, and stay set aside.")
            messages.warning(request, text % {"n": replayed.stayed})

    @admin.display(description=_("ID"), ordering="id")
    def share_id(self, row: SetAside) -> str:
        return str(row.pk)

    @admin.display(description=_("set aside at"), ordering="set_aside_at")
    def when(self, row: SetAside) -> str:
        return moment(row.set_aside_at)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, row: SetAside) -> str:
        return reason_label(row.reason)

    @admin.display(description=_("error"))
    def short_error(self, row: SetAside) -> str:
        return Truncator(row.error).chars(MAX_ERROR_LENGTH)

    @admin.display(description=_("payload"))
    def whole_payload(self, row: SetAside) -> str:
        return format_html('<pre class="share-payload" dir="ltr">{}</pre>', row.payload)
