"""The form of the page: what can be asked for, and what time a share is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_share_analytics.admin.forms import offer
from django_share_analytics.admin.question_form import QuestionForm
from django_share_analytics.admin.virality.durations import days_of
from django_share_analytics.admin.virality.links import cohort_parameters
from django_share_analytics.steps import WINDOWS
from django_share_analytics.virality.cohort import DEFAULT_DAYS, DEFAULT_WINDOW, Cohort, make_cohort

if TYPE_CHECKING:
    from django_share_analytics.virality.results import Virality


class ViralityForm(QuestionForm):
    """Everything that the page can be asked for, as parameters of its address."""

    default_days = DEFAULT_DAYS
    instead = gettext_lazy("This can't be shown. This is everything of the last 90 days instead.")
    window = forms.CharField(label=gettext_lazy("Within"), required=False, widget=forms.Select)
    field_order: tuple[str, ...] = (*QuestionForm.field_order, "window")

    @staticmethod
    def period_name(days: int) -> str:
        """The days that ended a window ago: neither today nor the last ones."""
        return days_of(days)

    def clean_window(self) -> int:
        given: str = self.cleaned_data["window"]
        offered = {str(days): days for days in WINDOWS}
        if given and given not in offered:
            raise ValidationError(_("Say %(days)s.") % {"days": ", ".join(offered)})
        return offered.get(given, DEFAULT_WINDOW)

    def cohort(self) -> Cohort:
        """What is asked for; the usual page when something of it makes no sense."""
        window = self.cleaned_data["window"] if self.is_valid() else DEFAULT_WINDOW
        return make_cohort(self.asked(compare=False), window)

    def show(self, virality: Virality) -> None:
        """Fill the form in with what the page shows, and offer what can be picked."""
        ranked = [(app.app_id, app.app_name) for app in virality.apps or ()]
        cohort = virality.cohort
        self.fill_in(cohort_parameters(cohort), cohort.question, ranked)
        offer(self, "window", [(str(days), days_of(days)) for days in WINDOWS])
