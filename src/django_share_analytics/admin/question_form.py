"""What the pages of numbers can be asked for: a period, a platform, an app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from rest_framework.serializers import IntegerField
from rest_framework.serializers import ValidationError as NotANumber

from django_share_analytics.admin import words
from django_share_analytics.admin.forms import (
    AppForm,
    app_choices,
    apps_shared_most,
    day_field,
    offer,
)
from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.periods import local_day
from django_share_analytics.stats.known_platforms import known_platform
from django_share_analytics.stats.period import MAX_DAYS, Flaw, find_flaw
from django_share_analytics.stats.question import make_question

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import Model
    from django.http import QueryDict

    from django_share_analytics.stats import Question

PERIODS = (7, 30, 90)
CUSTOM = "custom"
OFFERED_APPS = 20
"""How many apps can be picked by name. Every other one has a link on its own admin page."""
DAYS = IntegerField(min_value=1, max_value=MAX_DAYS)
"""What the API takes for a number of days, the page takes, too."""
FLAW_ERRORS = {
    Flaw.IN_THE_FUTURE: ("to", gettext_lazy("This day is still to come.")),
    Flaw.REVERSED: ("from", gettext_lazy("The first day comes after the last one.")),
    Flaw.TOO_LONG: ("from", gettext_lazy("At most %(days)d days at a time.")),
}
"""Beside which field each is said, and how. No day before the first can be typed in."""


class QuestionForm(forms.Form):
    """The parameters of a page's address, but for those that are this page's own.

    ``from`` and ``to`` alone mean a period of one's own, as ``days=custom`` does.
    """

    default_days: ClassVar[int]
    instead: ClassVar[Any]
    """What is said to be shown where something makes no sense."""

    @staticmethod
    def period_name(days: int) -> str:
        """What so many days are called, which are the last ones."""
        return gettext("Today") if days == 1 else words.last_days(days)

    days = forms.CharField(label=gettext_lazy("Period"), required=False, widget=forms.Select)
    platform = forms.CharField(label=gettext_lazy("Platform"), required=False, widget=forms.Select)
    app = forms.CharField(label=gettext_lazy("App"), required=False, widget=forms.Select)
    field_order: tuple[str, ...] = ("days", "from", "to", "platform", "app")

    data: Any  # a QueryDict, then a dict

    def __init__(self, data: QueryDict, now: datetime) -> None:
        super().__init__(data, auto_id="share-stats-%s")
        self.now, self.today = now, local_day(now, reporting_zone())
        # "from" is a word of Python, so the fields can't be attributes of the class.
        self.fields["from"] = day_field(gettext_lazy("From"))
        self.fields["to"] = day_field(gettext_lazy("To"))
        self.order_fields(self.field_order)

    def clean_days(self) -> int | None:
        given: str = self.cleaned_data["days"]
        if given in {"", CUSTOM}:
            return None
        try:
            number: int = DAYS.run_validation(given)
        except NotANumber as error:
            raise ValidationError(
                _("“%(value)s” is no period: give a number of days from 1 to %(most)d.")
                % {"value": words.shortened(given), "most": MAX_DAYS}
            ) from error
        return number

    def clean_platform(self) -> str | None:
        """The stored name, for any of the spellings that the registry knows."""
        given: str = self.cleaned_data["platform"]
        if not given:
            return None
        if name := known_platform(given):
            return name
        raise ValidationError(
            _("There is no platform “%(value)s”.") % {"value": words.shortened(given)}
        )

    def clean_app(self) -> Model | None:
        form = AppForm({"app": self.cleaned_data["app"]})
        if not form.is_valid():
            raise ValidationError(form.errors["app"].as_data())
        app: Model | None = form.cleaned_data["app"]
        return app

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        is_custom = self.data.get("days") == CUSTOM
        if self.cleaned_data["days"] is None and (is_custom or start or end):
            self._check_range(start, end)
        return self.cleaned_data

    def _check_range(self, start: date | None, end: date | None) -> None:
        if start is None:
            self.add_error("from", _("Which day is the first?"))
        elif flaw := find_flaw(start, end or self.today, today=self.today):
            field, says = FLAW_ERRORS[flaw]
            self.add_error(field, says % {"days": MAX_DAYS})

    def asked(self, **others: Any) -> Question:
        """What is asked for; the usual when something of it makes no sense.

        ``others`` is what :func:`.make_question` takes beside what is asked.
        """
        if not self.is_valid():
            return make_question(days=self.default_days, now=self.now, **others)
        asked = self.cleaned_data
        days, start, end = asked["days"], asked["from"], asked["to"]
        if days is not None or start is None:
            period: dict[str, Any] = {"days": days or self.default_days}
        else:
            period = {"start": start, "end": end or self.today}
        narrowed = {name: asked[name] for name in ("platform", "app")}
        return make_question(**period, **narrowed, now=self.now, **others)

    @property
    def chosen_app(self) -> Model | None:
        """The app that is asked for, itself."""
        return self.cleaned_data["app"] if self.is_valid() else None

    @property
    def left_out_days(self) -> bool:
        """Whether days were given beside a number of days, which counts."""
        asked = self.cleaned_data
        return bool(self.is_valid() and asked["days"] and (asked["from"] or asked["to"]))

    def fill_in(
        self, shown: Mapping[str, str], question: Question, ranked: Iterable[tuple[Any, str]]
    ) -> None:
        """Say what the page shows, and offer what can be picked.

        A field that makes no sense keeps its error, and shows what is shown instead. ``ranked`` are
        the apps that the page names, which are offered when none was chosen.
        """
        shown = {"days": CUSTOM, **shown}
        self.data = shown if self.is_valid() else self._mended(shown)
        offer(self, "days", self._period_choices(question.days))
        offer(self, "platform", _platform_choices(question.platform))
        # Beside a single app stand the most shared ones of all time.
        apps = ranked if self.chosen_app is None else apps_shared_most(OFFERED_APPS)
        offer(self, "app", app_choices(self.chosen_app, apps, gettext("All")))

    def _period_choices(self, days: int | None) -> list[tuple[str, str]]:
        lengths = sorted({1, *PERIODS, *([days] if days else [])})
        choices = [(str(n), self.period_name(n)) for n in lengths]
        return [*choices, (CUSTOM, gettext("From … to …"))]

    def _mended(self, shown: Mapping[str, str]) -> dict[str, str]:
        """What was typed, with what is shown in place of what makes no sense."""
        given = {**self.data.dict(), **{name: shown.get(name, "") for name in self.errors}}
        if not (given.get("from") or given.get("to")):
            given = {**shown, **given}  # or lists would say what stands first in them
        if {"from", "to"} & self.errors.keys():
            given["days"] = CUSTOM
        return given


def _platform_choices(chosen: str | None) -> list[tuple[str, str]]:
    platforms = get_settings().platforms
    names = [*platforms.names]
    if chosen and chosen not in platforms.by_name:
        names.append(chosen)
    return [("", gettext("All")), *((name, str(platforms.label(name))) for name in names)]
