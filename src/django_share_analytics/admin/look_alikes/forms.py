"""What can be asked for: an app and a day; and what is said when shares are discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_share_analytics.admin.forms import (
    AppForm,
    app_choices,
    apps_shared_most,
    day_field,
    offer,
)
from django_share_analytics.admin.question_form import OFFERED_APPS
from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.upkeep.look_alikes import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import Model

MAX_WHY = 300


class LookAlikesForm(AppForm):
    """The parameters of the page's address."""

    instead = _("This can't be shown.")
    app = forms.CharField(label=_("App"), required=False, widget=forms.Select)
    day = day_field(_("Day"))

    def __init__(self, data: Mapping[str, Any], now: datetime) -> None:
        self.now, self.today = now, local_day(now, reporting_zone())
        super().__init__({"day": self.today.isoformat(), **_given(data)})

    @property
    def chosen_app(self) -> Model | None:
        return self.value("app")  # type: ignore[no-any-return]

    def asked(self, until: datetime | None = None) -> Asked | None:
        """What is asked for, as of now or of ``until``; ``None``: no app, or something wrong."""
        if self.chosen_app is None:
            return None
        day = self.cleaned_data["day"]
        return Asked(self.chosen_app.pk, DayRange(day, day, reporting_zone()), until or self.now)

    def offer_apps(self) -> None:
        """The apps that can be picked by name."""
        ranked = apps_shared_most(OFFERED_APPS)
        offer(self, "app", app_choices(self.chosen_app, ranked, gettext("Choose an app")))
        self.forget_what_cannot_be_shown()


class DiscardForm(forms.Form):
    """What was shown of the shares that are to go, and why they are."""

    until = forms.DateTimeField(widget=forms.HiddenInput)
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    why = forms.CharField(
        label=_("Why"),
        max_length=MAX_WHY,
        help_text=_("It is written down beside your name, the time and the number."),
    )


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("app", "day") if data.get(name)}
