"""A filter of a change list that takes typed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_share_analytics.admin.themes import BASE, has_filters_in_a_form, is_djangos_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.admin.views.main import ChangeList
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

    from django_share_analytics.admin.forms import FilterForm
    from django_share_analytics.models import Share

    Choice = dict[str, Any]


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
        # Themes look up what they know of a filter by this name, as every filter of Django has one.
        self.parameter_name = next(iter(self.form.fields))
        self.is_themed = not is_djangos_own(BASE)
        self.has_own_form = not has_filters_in_a_form(model_admin)
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
        for name, errors in self.form.errors.items():
            # On a phone the form is far below the list.
            messages.warning(request, self._named(name, " ".join(map(str, errors))))
        self.form.forget_what_cannot_be_shown()
        return queryset.none()

    def _named(self, name: str, errors: str) -> str:
        """The errors of a field after its label; those of the whole form as they are."""
        if name not in self.form.fields:
            return errors
        return gettext("%(field)s: %(errors)s") % {
            "field": self.form[name].label,
            "errors": errors,
        }

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
