"""The filters of the list of shares. None of them reads the shares to find out what to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.models import AppCount
from django_share_analytics.periods import DayRange, local_day

from .forms import AppForm, DaysForm, FilterForm, UserForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.admin.views.main import ChangeList
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

    from django_share_analytics.models import Share

    Choice = dict[str, Any]

MOST_SHARED = 10
"""How many apps the filter offers by name."""

QUICK_PERIODS = (1, 7, 30)
"""Numbers of days, today included, that the filter offers as links."""


class PlatformFilter(admin.SimpleListFilter):
    """The platforms of the registry; one that is registered no longer works by its name."""

    title = _("platform")
    parameter_name = "platform"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        platforms = get_settings().platforms
        choices = [(name, platforms.label(name)) for name in platforms.names]
        name = self.value()
        if name and name not in platforms.by_name:
            choices.append((name, name))
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Share]) -> QuerySet[Share]:
        name = self.value()
        if not name:
            return queryset
        # PostgreSQL refuses a NUL in any text.
        return queryset.none() if "\x00" in name else queryset.filter(platform=name)


class FormFilter(admin.ListFilter):
    """Links to click and a small form to fill in, which keeps all other filters.

    A value that makes no sense finds nothing and says so beside the field: showing everything would
    look as if it had been understood.
    """

    template = "admin/share_analytics/share/form_filter.html"
    form_class: ClassVar[type[FilterForm]]
    note: Any = ""

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.form = self.form_class(request.GET)
        self.other_parameters: list[tuple[str, Any]] = []
        for name in self.form.fields:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def expected_parameters(self) -> list[str | None]:
        return list(self.form.fields)

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Share]) -> QuerySet[Share]:
        if not self.form.is_filled_in:
            return queryset
        if self.form.is_valid():
            return self.narrowed(queryset)
        for errors in self.form.errors.values():
            # On a phone the form is far below the list.
            messages.warning(request, " ".join(map(str, errors)))
        return queryset.none()

    def narrowed(self, queryset: QuerySet[Share]) -> QuerySet[Share]:
        """What the valid form leaves of ``queryset``."""
        return queryset.filter(**self.form.cleaned_data)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        self.other_parameters = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in self.form.fields
            for value in values
        ]
        yield {
            "selected": not self.form.is_filled_in,
            "query_string": changelist.get_query_string(remove=list(self.form.fields)),
            "display": _("All"),
        }
        yield from self.links(changelist)

    def links(self, changelist: ChangeList) -> Iterator[Choice]:
        """The choices that need no typing."""
        raise NotImplementedError


class AppFilter(FormFilter):
    """The apps that were shared most, by name, and every other one by its key."""

    title = _("app")
    form_class = AppForm

    def links(self, changelist: ChangeList) -> Iterator[Choice]:
        chosen = self.form.value("app")
        for app in self._offered(chosen):
            yield {
                "selected": app == chosen,
                "query_string": changelist.get_query_string({"app": app.pk}),
                "display": str(app) or app.pk,
            }

    def _offered(self, chosen: Any) -> list[Any]:
        counts = AppCount.objects.filter(n__gt=0).select_related("app").order_by("-n", "pk")
        most_shared = [count.app for count in counts[:MOST_SHARED]]
        return most_shared if chosen is None or chosen in most_shared else [chosen, *most_shared]


class UserFilter(FormFilter):
    """One user, by key or by name."""

    title = _("user")
    form_class = UserForm

    def links(self, changelist: ChangeList) -> Iterator[Choice]:
        user = self.form.value("user")
        if user is not None:
            query = changelist.get_query_string({"user": user.pk})
            yield {"selected": True, "query_string": query, "display": user.get_username()}


class DayFilter(FormFilter):
    """Days of the reporting zone, asked for as instants: no database has to know about zones."""

    title = _("day")
    form_class = DaysForm
    form: DaysForm

    @property
    def note(self) -> Any:
        return _("Days of the time zone %(zone)s.") % {"zone": reporting_zone()}

    def narrowed(self, queryset: QuerySet[Share]) -> QuerySet[Share]:
        days = self.form.days()
        assert days is not None  # the form is filled in and valid
        return queryset.filter(timestamp__gte=days.lower, timestamp__lt=days.upper)

    def links(self, changelist: ChangeList) -> Iterator[Choice]:
        zone = reporting_zone()
        today = local_day(timezone.now(), zone)
        chosen = self.form.days()
        for length in QUICK_PERIODS:
            days = DayRange.last(length, today=today, zone=zone)
            query = {"from": days.start.isoformat(), "to": days.end.isoformat()}
            yield {
                "selected": days == chosen,
                "query_string": changelist.get_query_string(query),
                "display": _length_label(length),
            }


def _length_label(days: int) -> Any:
    if days == 1:
        return _("Today")
    return ngettext("Last %(days)d day", "Last %(days)d days", days) % {"days": days}
