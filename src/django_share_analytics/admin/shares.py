"""The list of shares: what was recorded, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _

from django_share_analytics.conf import get_settings
from django_share_analytics.models import Share
from django_share_analytics.stats import MAX_DAYS

from .changelist import ShareChangeList
from .columns import address, filter_link, moment, shortened
from .filters import AppFilter, DayFilter, PlatformFilter, UserFilter
from .forms import DaysForm
from .paginator import CappedPaginator
from .readonly import ReadOnlyAdmin

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

MAX_REFERRER_LENGTH = 40
FILTER_PARAMETERS = frozenset({"platform", "app", "user", "from", "to"})


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    """Made for tables of any size: whatever the page asks of the database stops early.

    Every column but the time is a method without an order of its own, so that no address can ask
    for an order that has no index.
    """

    list_display = (
        "shared_at", "app_name", "platform_label", "user_name", "session", "referrer", "share_id"
    )  # fmt: skip
    list_filter = (DayFilter, PlatformFilter, AppFilter, UserFilter)
    list_select_related = ("app", "user")
    ordering = ("-timestamp",)
    search_fields = ("session_id",)
    actions = None
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    fields = (
        "shared_at", "app", "platform_label", "user", "session_id", "full_referrer", "user_agent",
        "id",
    )  # fmt: skip
    readonly_fields = fields

    class Media:
        css = {"all": ["share_analytics/admin.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ShareChangeList]:
        return ShareChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What the filters offer, and no other field: it could mean reading the whole table."""
        columns = {name for field in self.opts.fields for name in (field.name, field.attname)}
        return lookup in FILTER_PARAMETERS or lookup.split("__")[0] not in {*columns, "pk"}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Share], search_term: str
    ) -> tuple[QuerySet[Share], bool]:
        """The shares of exactly this session, or a message when no range of days bounds them."""
        session = search_term.strip()
        if not session:
            return queryset, False
        # Sessions have no index: without bounds this would read every share there is.
        days = DaysForm(request.GET).days()
        if days is not None and days.days <= MAX_DAYS:
            return queryset.filter(session_id=session), False
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
        return filter_link("app", share.app_id, str(share.app) or str(share.app_id))

    @admin.display(description=_("platform"))
    def platform_label(self, share: Share) -> Any:
        return get_settings().platforms.label(share.platform)

    @admin.display(description=_("user"))
    def user_name(self, share: Share) -> str | None:
        user = share.user
        return None if user is None else filter_link("user", user.pk, user.get_username())

    @admin.display(description=_("session"))
    def session(self, share: Share) -> str | None:
        return shortened(share.session_id, length=13) if share.session_id else None

    @admin.display(description=_("referrer"))
    def referrer(self, share: Share) -> str | None:
        return (
            address(share.referrer_url, length=MAX_REFERRER_LENGTH) if share.referrer_url else None
        )

    @admin.display(description=_("referrer"))
    def full_referrer(self, share: Share) -> str | None:
        return address(share.referrer_url, length=500) if share.referrer_url else None

    @admin.display(description=_("ID"))
    def share_id(self, share: Share) -> str:
        return str(share.pk)
