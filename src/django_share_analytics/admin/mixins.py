"""What a host's admin of its own apps gets: a column and a button that lead to the statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.checks import Warning
from django.template.loader import select_template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from django_share_analytics.admin import words
from django_share_analytics.admin.themes import tool_template
from django_share_analytics.admin.virality.rates import rate_text
from django_share_analytics.links import addresses
from django_share_analytics.models import ShareStatistics
from django_share_analytics.stats import with_share_count
from django_share_analytics.virality.apps import visits_per_share

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
    from django.core.checks import CheckMessage
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from django_share_analytics.virality import Rate

    # Whichever model it is mixed into.
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = object

TOTAL = "share_analytics_total"
COLUMN = "share_analytics_column"
VISITS = "share_analytics_visits"
VISITS_COLUMN = "share_analytics_visits_column"
MOST_RATED = 200
"""Apps of a page that have visits per share, each from 90 days: the admin's own pages have no more
unless a host says otherwise."""
TEMPLATE = "admin/share_analytics/change_form_with_statistics.html"


def statistics_url(site: admin.AdminSite, request: HttpRequest, **parameters: Any) -> str | None:
    """The page of statistics on this site, when it has one and the reader may see it."""
    if not site.is_registered(ShareStatistics):
        return None
    if not site.get_model_admin(ShareStatistics).has_view_permission(request):
        return None
    return _address(site, **parameters)


def _address(site: admin.AdminSite, **parameters: Any) -> str | None:
    """The page of statistics; ``None`` on a site that leads to none."""
    name = "admin:share_analytics_sharestatistics_changelist"
    try:
        return reverse(name, current_app=site.name, query=parameters or None)
    except NoReverseMatch:
        return None


class ShareStatsAdminMixin(ModelAdmin):
    """For the ``ModelAdmin`` of the shared model, before its other bases.

    The list gets a column with how often each app was shared, which can be sorted by, and where
    shares have links another with how many visits a share brought. Neither costs a query per row;
    they are the last ones, or where ``list_display`` names ``share_analytics_column`` and
    ``share_analytics_visits_column``. The page of an app gets a button. All lead to the statistics
    of the app, and are there for those who may see these. Templates are extended, whatever the host
    has set.
    """

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """W024: the site of this admin has no statistics that column and button could lead to."""
        messages = [*super().check(**kwargs)]
        if not self.admin_site.is_registered(ShareStatistics):
            name = type(self).__name__
            problem = (
                f"{name} shows neither the column nor the button of ShareStatsAdminMixin: the "
                f"admin site {self.admin_site.name!r} has no ShareStatistics."
            )
            hint = (
                "Register ShareStatistics there with ShareStatisticsAdmin, and ShareVirality, "
                "Share and SetAside with theirs: models from django_share_analytics.models, "
                "admins from django_share_analytics.admin."
            )
            messages.append(Warning(problem, hint=hint, obj=type(self), id="share_analytics.W024"))
        return messages

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = with_share_count(super().get_queryset(request), name=TOTAL)
        return queryset

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The column can be sorted by. What else could be asked of a sum is the database's to fail
        at, as a regular expression."""
        is_ours = lookup.split("__")[0] == TOTAL
        return not is_ours and super().lookup_allowed(lookup, value, request)

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        ours = []
        if statistics_url(self.admin_site, request):
            ours = [COLUMN, *([VISITS_COLUMN] if addresses.are_on() else [])]
        hidden = {COLUMN, VISITS_COLUMN}.difference(ours)
        shown = [column for column in columns if column not in hidden]
        return (*shown, *(column for column in ours if column not in shown))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        if VISITS_COLUMN in changelist.list_display:
            apps = list(changelist.result_list)
            rates = visits_per_share([app.pk for app in apps[:MOST_RATED]])
            for app in apps:
                setattr(app, VISITS, rates.get(app.pk))
        return changelist

    @admin.display(description=_("shares"), ordering=TOTAL)
    def share_analytics_column(self, app: Any) -> str:
        total = words.number(getattr(app, TOTAL))
        address = _address(self.admin_site, app=app.pk)
        return format_html('<a href="{}">{}</a>', address, total) if address else total

    @admin.display(description=_("visits per share"), empty_value="\N{EN DASH}")
    def share_analytics_visits_column(self, app: Any) -> str:
        """Of the last 90 days whose shares are a week old; nothing where too little is known."""
        rate: Rate | None = getattr(app, VISITS, None)
        return rate_text(rate).value if rate else ""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        app = context.get("original")
        address = app and statistics_url(self.admin_site, request, app=app.pk)
        if address:
            names = response.template_name
            names = [names] if isinstance(names, str) else names
            response.context_data.update(
                share_stats_url=address,
                share_stats_parent=select_template(names),
                share_tool=tool_template(),
            )
            response.template_name = TEMPLATE
        return response
