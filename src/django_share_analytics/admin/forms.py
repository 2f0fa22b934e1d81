"""The small forms of the filters: what is typed, turned into what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_share_analytics.admin import words
from django_share_analytics.conf import reporting_zone
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.host.names import name_of, name_of_app, with_named_apps
from django_share_analytics.keys import can_be_stored, parse_app_key, parse_user_key
from django_share_analytics.models import AppCount
from django_share_analytics.periods import FIRST_DAY, DayRange, local_day
from django_share_analytics.sql.lookups import first_of
from django_share_analytics.stats.period import DAY_VALIDATORS, Flaw, find_flaw
from django_share_analytics.stats.visibility import all_apps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model


NO_KEY = (OverflowError, TypeError, ValidationError, ValueError)
"""What a field of the host's may raise at a stranger's text."""


class FilterForm(forms.Form):
    """The parameters of one filter, out of all that the page has."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="share-filter-%s")
        self.given = data

    @property
    def is_filled_in(self) -> bool:
        return any(self.given.get(name) for name in self.fields)

    def forget_what_cannot_be_shown(self) -> None:
        """Leave out what is no date: a browser would do so, too, and complain in its console. All
        else that was typed stays beside its error, to be mended."""
        days = [name for name, field in self.fields.items() if isinstance(field, forms.DateField)]
        wrong = [name for name in days if self.has_error(name, "invalid")]
        self.data = {name: value for name, value in self.given.items() if name not in wrong}

    def value(self, name: str) -> Any:
        """What was given as ``name``, or ``None`` when that is nothing or makes no sense."""
        return self.cleaned_data.get(name) if self.is_valid() else None


class AppForm(FilterForm):
    app = forms.CharField(label=_("ID of an app"), required=False)

    def clean_app(self) -> Model | None:
        """The app itself: the page shows its name."""
        given = self.cleaned_data["app"]
        if not given:
            return None
        try:
            app: Model | None = first_of(all_apps().filter(pk=parse_app_key(given)))
        except InvalidShare:
            app = None
        if app is None:
            raise ValidationError(_("No app has this ID."))
        return app


def apps_shared_most(limit: int) -> list[tuple[Any, str]]:
    """Key and name of the apps that a form offers: those with the most shares of all time.

    One that the setting ``APPS_WITH_NAMES`` leaves out has its key for a name.
    """
    counts = with_named_apps(AppCount.objects.filter(n__gt=0)).order_by("-n", "pk")
    return [(count.app_id, name_of_app(count)) for count in counts[:limit]]


def app_choices(
    chosen: Model | None, ranked: Iterable[tuple[Any, str]], empty: str
) -> list[tuple[str, str]]:
    """What a field offers for apps: none, the one that was chosen, and those ``ranked``."""
    apps = dict(ranked)
    if chosen is not None:
        apps = {chosen.pk: name_of(chosen), **apps}
    return [("", empty), *((str(key), words.shortened(name)) for key, name in apps.items())]


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Have a field of a form offer these to pick from. What is given may be something else."""
    widget = form.fields[name].widget
    assert isinstance(widget, forms.Select)
    widget.choices = list(choices)


class UserForm(FilterForm):
    user = forms.CharField(label=_("ID or name of a user"), required=False)

    def clean_user(self) -> Model | None:
        given = self.cleaned_data["user"]
        if not given:
            return None
        user = _user_by_key(given) or _user_by_name(given)
        if user is None:
            raise ValidationError(_("There is no such user."))
        return user


def _user_by_key(value: str) -> Model | None:
    users = get_user_model()
    try:
        key = parse_user_key(value)
    except InvalidShare:
        return None
    rows = users._base_manager.all()
    can_be = can_be_stored(connections[rows.db], users._meta.pk, key)
    return first_of(rows.filter(pk=key)) if can_be else None


def _user_by_name(value: str) -> Model | None:
    users = get_user_model()
    try:
        # A name may be a number, as of a phone.
        field: Any = users._meta.get_field(users.USERNAME_FIELD)
        name = field.to_python(value)
    except NO_KEY:
        return None
    user: Model | None = first_of(users._base_manager.filter(**{users.USERNAME_FIELD: name}))
    return user


def day_field(label: Any) -> forms.DateField:
    """A day as ISO 8601 writes it, which is what browsers send."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=DAY_VALIDATORS,
    )


class DaysForm(FilterForm):
    """``from`` and ``to``: days of the reporting zone, both included."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        # "from" is a word of Python, so the fields can't be attributes of the class.
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("To"))

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if start and end and find_flaw(start, end) is Flaw.REVERSED:
            raise ValidationError(_("The first day comes after the last one."))
        return self.cleaned_data

    def days(self) -> DayRange | None:
        """The days asked for, up to today when no last one is given; ``None`` if none or wrong."""
        if not self.is_filled_in or not self.is_valid():
            return None
        zone = reporting_zone()
        start = self.cleaned_data["from"] or FIRST_DAY
        end = self.cleaned_data["to"] or local_day(timezone.now(), zone)
        return DayRange(start, end, zone)
