"""The list of shares, as Django's templates see it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext as _

from django_share_analytics.admin.themes import is_djangos_own

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


def say_count(response: Any) -> Any:
    """The page of a list, saying how many "all" are, also when they are not counted to the end."""
    context = getattr(response, "context_data", None) or {}
    rows = context.get("cl")
    if isinstance(rows, ShareChangeList) and rows.paginator.is_capped:
        count = rows.paginator.count_text
        # Translators: of the rows of a list; the number ends with "+" when there are more.
        context["selection_note_all"] = _("All %(count)s selected") % {"count": count}
    return response


class ShareChangeList(ChangeList):
    """A change list whose number of rows may be "more than this"."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.paginator.first_rows  # they were read to be counted
        if not self.query:
            # Equal numbers keep the search form from saying the count a second time.
            self.full_result_count = self.result_count

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By time and then by id, both the same way: Django's own mix would not be an index's."""
        oldest_first = super().get_ordering(request, queryset)[0] == "timestamp"
        return ["timestamp", "pk"] if oldest_first else ["-timestamp", "-pk"]

    @property
    def is_narrowed(self) -> bool:
        """Whether there may be more shares than those that were asked for."""
        return bool(self.filter_params or self.query)

    @property
    def for_actions(self) -> ShareChangeList:
        """This list, whose action can be run on all shares, as many as are counted or more."""
        return self._saying_count_in("admin/actions.html") if self.paginator.is_capped else self

    @property
    def for_pagination(self) -> ShareChangeList:
        """This list with its count written out for people, as Django's template prints it."""
        return self._saying_count_in("admin/pagination.html")

    def _saying_count_in(self, template: str) -> ShareChangeList:
        """For Django's own template, of which it is known to print the count and no more."""
        shown: Any = copy(self)
        if is_djangos_own(template):
            shown.result_count = shown.paginator.count_text
        return shown  # type: ignore[no-any-return]
