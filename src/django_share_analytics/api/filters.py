"""The filters of ``GET admin/shares``, as public classes that hosts may subclass."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db import connections
from django.utils.translation import gettext_lazy as _

from django_share_analytics.api.parameters import parameters_of
from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.keys import INTEGERS, can_be_stored, parse_app_key, parse_user_key
from django_share_analytics.models import Share
from django_share_analytics.periods import day_start
from django_share_analytics.stats.period import DAY_VALIDATORS, Flaw, find_flaw
from django_share_analytics.stats.stored_texts import can_be_stored_text, stored_sessions


class AppKeyFormField(forms.CharField):
    """The key of an app as text. Whether there is such an app is not asked."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_app_key(text) if text else None
        except InvalidShare as error:
            raise forms.ValidationError(str(error)) from error


class UserKeyFormField(forms.CharField):
    """The key of a user as text. Whether there is such a user is not asked."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            key = parse_user_key(text) if text else None
        except InvalidShare as error:
            raise forms.ValidationError(str(error)) from error
        if isinstance(key, int) and key not in INTEGERS:
            raise forms.ValidationError("This is not the key of a user.")
        return key


class PlatformFormField(forms.CharField):
    """A platform by any of its spellings; becomes the name under which its shares are stored."""

    def clean(self, value: Any) -> Any:
        return get_settings().platforms.name_of(super().clean(value))


class StoredTextFilter(django_filters.Filter):
    """What is stored as text, maybe. No row has what the database has no characters for."""

    def filter(self, qs: Any, value: Any) -> Any:
        if can_be_stored_text(str(self.field_name), value, qs.db):
            return super().filter(qs, value)
        return qs.none()


class PlatformNameFilter(StoredTextFilter):
    field_class = PlatformFormField


class AppKeyFilter(StoredTextFilter):
    field_class = AppKeyFormField


class UserKeyFilter(StoredTextFilter):
    field_class = UserKeyFormField

    def filter(self, qs: Any, value: Any) -> Any:
        """Nothing for a key that no user can have: not each database can be asked for it."""
        if value is None or can_be_stored(connections[qs.db], get_user_model()._meta.pk, value):
            return super().filter(qs, value)
        return qs.none()


class SessionFilter(django_filters.CharFilter):
    """A session as its visitor called it, whatever the database made of that."""

    def filter(self, qs: Any, value: str) -> Any:
        return qs.filter(session_id__in=stored_sessions(value, qs.db)) if value else qs


class DayFilter(django_filters.DateFilter):
    """A day of the reporting zone, as a bound of ``timestamp``.

    The bound is an instant: databases without zone tables can't tell the day of one.
    """

    def __init__(self, *, lookup_expr: str, days_after: int, **kwargs: Any) -> None:
        super().__init__(
            "timestamp",
            lookup_expr=lookup_expr,
            validators=DAY_VALIDATORS,
            input_formats=["%Y-%m-%d"],  # whatever the language, or the host, has beside it
            **kwargs,
        )
        self.days_after = timedelta(days=days_after)

    def filter(self, qs: Any, value: date | None) -> Any:
        if value is None:
            return qs
        instant = day_start(value + self.days_after, reporting_zone())
        return qs.filter(**{f"timestamp__{self.lookup_expr}": instant})


class ShareFilterForm(forms.Form):
    """What only makes sense together."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("from"), data.get("to")
        flaw = find_flaw(start, end) if start and end else None
        if flaw is Flaw.REVERSED:
            self.add_error("to", _("to is before from."))
        if data.get("session") and (not (start and end) or flaw is Flaw.TOO_LONG):
            # Sessions have no index: without bounds this would read every share there is.
            self.add_error("session", _("Needs from and to, at most a year apart."))
        return data


class ShareFilterSet(django_filters.FilterSet):
    # Each with its look-up: django-filter's setting FILTERS_DEFAULT_LOOKUP_EXPR is the host's.
    app = AppKeyFilter("app", "exact")
    platform = PlatformNameFilter("platform", "exact")
    user = UserKeyFilter("user", "exact")
    session = SessionFilter(
        "session_id", "exact", help_text="Of one `sessionId`. Needs `from` and `to`."
    )

    class Meta:
        model = Share
        fields: list[str] = []
        form = ShareFilterForm

    @classmethod
    def known_parameters(cls, request: Any = None) -> set[str]:
        """All that the filters read, those of a subclass included."""
        return parameters_of(cls(queryset=Share.objects.none(), request=request).form)

    @classmethod
    def get_filters(cls) -> Any:
        filters = super().get_filters()
        filters["from"] = DayFilter(lookup_expr="gte", days_after=0, help_text="The first day.")
        filters["to"] = DayFilter(lookup_expr="lt", days_after=1, help_text="The last, included.")
        return filters
