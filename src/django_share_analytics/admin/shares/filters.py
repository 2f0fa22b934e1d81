"""The filters of the list of shares. None of them reads the shares to find out what to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_share_analytics.admin.columns import SHOWN_OF_NAME
from django_share_analytics.admin.forms import AppForm, DaysForm, UserForm, apps_shared_most
from django_share_analytics.admin.shares.form_filter import FormFilter
from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.host.names import name_of
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.stats.known_platforms import known_platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.admin.views.main import ChangeList
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from django_share_analytics.admin.shares.form_filter import Choice
    from django_share_analytics.models import Share

MOST_SHARED = 10
"""How many apps the filter offers by name."""

QUICK_PERIODS = (1, 7, 30)
"""Numbers of days, today included, that the filter offers as links."""


class PlatformFilter(admin.SimpleListFilter):
    """The platforms of the registry; one that is registered no longer works by its name."""

    title = _("platform")
    parameter_name = "platform"

    def value(self) -> str | None:
        """The stored name, for any spelling of it."""
        return self._name or super().value()

    @cached_property
    def _name(self) -> str | None:
        given = super().value()
        return known_platform(given) if given else None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        platforms = get_settings().platforms
        choices = [(name, platforms.label(name)) for name in platforms.names]
        name = self.value()
        if name and name not in platforms.by_name:
            choices.append((name, name))
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Share]) -> QuerySet[Share]:
        if not self.value():
            return queryset
        return queryset.filter(platform=self._name) if self._name else queryset.none()


class AppFilter(FormFilter):
    """The apps that were shared most, by name, and every other one by its key."""

    title = _("app")
    form_class = AppForm

    def links(self, changelist: ChangeList) -> Iterator[Choice]:
        chosen = self.form.value("app")
        for key, name in self._offered(chosen):
            yield {
                "selected": chosen is not None and key == chosen.pk,
                "query_string": changelist.get_query_string({"app": key}),
                "display": Truncator(name).chars(SHOWN_OF_NAME),
            }

    def _offered(self, chosen: Any) -> list[tuple[Any, str]]:
        most_shared = apps_shared_most(MOST_SHARED)
        if chosen is None or chosen.pk in dict(most_shared):
            return most_shared
        return [(chosen.pk, name_of(chosen)), *most_shared]


class UserFilter(FormFilter):
    """One user, by key or by name."""

    title = _("user")
    form_class = UserForm

    def links(self, changelist: ChangeList) -> Iterator[Choice]:
        user = self.form.value("user")
        if user is not None:
            query = changelist.get_query_string({"user": user.pk})
            yield {"selected": True, "query_string": query, "display": user.get_username()}


class DaysFilter(FormFilter):
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
