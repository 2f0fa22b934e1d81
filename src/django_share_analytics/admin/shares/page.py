"""The list of shares: what was recorded, row by row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from django_share_analytics.admin.access import MAY_EXPORT, OfferedMixin, ReadOnlyAdmin
from django_share_analytics.admin.columns import (
    address,
    cut_short,
    filter_link,
    host,
    linked_name,
    moment,
)
from django_share_analytics.admin.forms import DaysForm
from django_share_analytics.admin.look_alikes.discard_page import discard_view
from django_share_analytics.admin.look_alikes.frame import DISCARD_URL, LOOK_URL, look_alikes_url
from django_share_analytics.admin.look_alikes.page import look_view
from django_share_analytics.admin.shares.changelist import ShareChangeList, say_count
from django_share_analytics.admin.shares.exports import share_file
from django_share_analytics.admin.shares.filters import (
    AppFilter,
    DaysFilter,
    PlatformFilter,
    UserFilter,
)
from django_share_analytics.admin.shares.paginator import CappedPaginator
from django_share_analytics.admin.shares.steps import steps_line
from django_share_analytics.admin.themes import tools_are_a_list
from django_share_analytics.conf import get_app_model, get_settings
from django_share_analytics.host.names import name_of, name_of_app, prefetch_named_apps
from django_share_analytics.links import addresses
from django_share_analytics.models import Share
from django_share_analytics.stats.period import Flaw, find_flaw
from django_share_analytics.stats.stored_texts import stored_sessions

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

    from django_share_analytics.models import ShareQuerySet

SHOWN_OF_SESSION, SHOWN_OF_HOST = 9, 24
"""So many characters of them are in the list; all of them in a title, and on the share's page."""
LIST_URL, EXPORT_URL = "share_analytics_share_changelist", "share_analytics_share_export"


@admin.register(Share)
class ShareAdmin(OfferedMixin, ReadOnlyAdmin):
    """Made for tables of any size: whatever the page asks of the database stops early.

    Every column but the time is a method without an order of its own, so that no address can ask
    for an order that has no index.
    """

    list_display = ("shared_at", "app_name", "platform_label", "user_name", "session", "referrer")
    list_filter = (DaysFilter, PlatformFilter, AppFilter, UserFilter)
    offered = frozenset({"platform", "app", "user", "from", "to"})
    list_select_related = False
    ordering = ("-timestamp",)
    search_fields = ("session_id",)
    actions = ("export_selected",)
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    fields = (
        "shared_at", "app_page", "platform_label", "user_page", "session_id", "full_referrer",
        "user_agent", "share_id",
    )  # fmt: skip
    fields_of_links = ("placement", "link", "became")
    readonly_fields = (*fields, *fields_of_links)

    class Media:
        css = {"all": ["share_analytics/admin.css"]}

    def get_urls(self) -> list[URLPattern]:
        within = self.admin_site.admin_view
        return [
            path("export/", within(self.export_view), name=EXPORT_URL),
            path("look-alikes/", within(partial(look_view, self)), name=LOOK_URL),
            path("look-alikes/discard/", within(partial(discard_view, self)), name=DISCARD_URL),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Share | None = None) -> tuple[str, ...]:
        return (*self.fields, *(self.fields_of_links if addresses.are_on() else ()))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_EXPORT)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        export = {"export_url": self.export_url(request), "tools_are_a_list": tools_are_a_list()}
        context = {**export, "alike_url": self.alike_url(request), **(extra_context or {})}
        return cast("HttpResponse", say_count(super().changelist_view(request, context)))

    def export_url(self, request: HttpRequest) -> str | None:
        """Where the file of what the page shows is, for those who may have it."""
        if not self.has_export_permission(request):
            return None
        url = reverse(f"admin:{EXPORT_URL}", current_app=self.admin_site.name)
        query = request.GET.urlencode()
        return f"{url}?{query}" if query else url

    def alike_url(self, request: HttpRequest) -> str:
        """Where those that look alike are seen: of the app and the last day of the filters."""
        day = request.GET.get("to") or request.GET.get("from")
        asked = {"app": request.GET.get("app"), "day": day}
        given = {name: value for name, value in asked.items() if value}
        return look_alikes_url(self.admin_site, **given)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """All shares that the list would show on all of its pages."""
        if not self.has_view_permission(request):
            return self.denied(request)
        if not self.has_export_permission(request):
            return self.denied(request, MAY_EXPORT)
        try:
            shares = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return self._to_the_list(request)
        if shares.query.is_empty():
            # A filter makes no sense. The list is the place that says so, and says it itself.
            list(messages.get_messages(request))
            return self._to_the_list(request)
        return share_file(request, cast("ShareQuerySet", shares))

    def _to_the_list(self, request: HttpRequest) -> HttpResponse:
        url = reverse(f"admin:{LIST_URL}", current_app=self.admin_site.name)
        return redirect(f"{url}?{request.GET.urlencode()}")

    @admin.action(description=_("Export selected shares (CSV)"), permissions=["export"])
    def export_selected(self, request: HttpRequest, queryset: ShareQuerySet) -> HttpResponseBase:
        return share_file(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        # Not joined: MariaDB may begin with the apps then, and sort all of their shares.
        return prefetch_named_apps(super().get_queryset(request)).prefetch_related("user")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ShareChangeList]:
        return ShareChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Share], search_term: str
    ) -> tuple[QuerySet[Share], bool]:
        """The shares of exactly this session, or a message when no range of days bounds them."""
        session = search_term.strip()
        if not session:
            return queryset, False
        # Sessions have no index: without bounds this would read every share there is.
        days = DaysForm(request.GET).days()
        if days is not None and find_flaw(days.start, days.end) is not Flaw.TOO_LONG:
            stored = stored_sessions(session, queryset.db)
            return queryset.filter(session_id__in=stored), False
        messages.warning(
            request,
            _("To search for a session, choose a range of days of at most a year (“By day”)."),
        )
        return queryset.none(), False

    @admin.display(description=_("time"), ordering="timestamp")
    def shared_at(self, share: Share) -> str:
        return moment(share.timestamp)

    @admin.display(description=_("app"))
    def app_name(self, share: Share) -> str:
        return filter_link("app", share.app_id, name_of_app(share))

    @admin.display(description=_("app"))
    def app_page(self, share: Share) -> str:
        return linked_name(name_of_app(share), get_app_model(), share.app_id, self.admin_site)

    @admin.display(description=_("platform"))
    def platform_label(self, share: Share) -> Any:
        return get_settings().platforms.label(share.platform)

    @admin.display(description=_("user"))
    def user_name(self, share: Share) -> str | None:
        user = share.user
        return None if user is None else filter_link("user", user.pk, user.get_username())

    @admin.display(description=_("user"))
    def user_page(self, share: Share) -> str:
        user = share.user
        if user is None:
            return self.get_empty_value_display()
        return linked_name(name_of(user), type(user), user.pk, self.admin_site)

    @admin.display(description=_("session"))
    def session(self, share: Share) -> str | None:
        return cut_short(share.session_id, length=SHOWN_OF_SESSION) if share.session_id else None

    @admin.display(description=_("referrer"))
    def referrer(self, share: Share) -> str | None:
        return host(share.referrer_url, length=SHOWN_OF_HOST) if share.referrer_url else None

    @admin.display(description=_("referrer"))
    def full_referrer(self, share: Share) -> str:
        if not share.referrer_url:
            return self.get_empty_value_display()
        return address(share.referrer_url, length=500)

    @admin.display(description=_("ID"))
    def share_id(self, share: Share) -> str:
        return str(share.pk)

    @admin.display(description=_("link"))
    def link(self, share: Share) -> SafeString:
        """To be read and copied: who opened it from here would be counted as a click."""
        path = addresses.link_of(share.pk, share.app_id)
        return format_html("<bdi>{}</bdi>", path or self.get_empty_value_display())

    @admin.display(description=_("what became of it"))
    def became(self, share: Share) -> str:
        return steps_line(share)
