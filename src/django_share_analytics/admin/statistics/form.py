"""The form of the statistics page: what can be asked for, and whether to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from django_share_analytics.admin.forms import offer
from django_share_analytics.admin.question_form import QuestionForm
from django_share_analytics.admin.statistics.links import parameters

if TYPE_CHECKING:
    from django_share_analytics.stats import Question, ShareStats

YES_OR_NO = {"1": True, "true": True, "on": True, "yes": True, "0": False, "false": False,
             "off": False, "no": False}  # fmt: skip


class StatisticsForm(QuestionForm):
    """Everything that the page can be asked for, as parameters of its address."""

    default_days = 30
    instead = gettext_lazy("This can't be shown. These are the last 30 days of everything instead.")
    compare = forms.CharField(label=gettext_lazy("Compare"), required=False, widget=forms.Select)
    field_order: tuple[str, ...] = (*QuestionForm.field_order, "compare")

    def clean_compare(self) -> bool:
        given: str = self.cleaned_data["compare"]
        if given and given.lower() not in YES_OR_NO:
            raise ValidationError(_("Say 1 (yes) or 0 (no)."))
        return YES_OR_NO.get(given.lower(), True)

    def question(self) -> Question:
        """What is asked for; the usual page when something of it makes no sense."""
        return self.asked(compare=self.cleaned_data["compare"] if self.is_valid() else True)

    def show(self, stats: ShareStats) -> None:
        """Fill the form in with what the page shows, and offer what can be picked."""
        ranked = [(app.app_id, app.app_name) for app in stats.most_shared_apps]
        self.fill_in({"compare": "1", **parameters(stats.question)}, stats.question, ranked)
        offer(self, "compare", [("1", gettext("Previous period")), ("0", gettext("No"))])
