"""The list of shares, as Django's templates see it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ChangeList

if TYPE_CHECKING:
    from django.http import HttpRequest


class ShareChangeList(ChangeList):
    """A change list whose number of rows may be "more than this"."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query:
            # Equal numbers keep the search form from saying the count a second time.
            self.full_result_count = self.result_count

    @property
    def for_pagination(self) -> ShareChangeList:
        """This list with its count written out for people, as Django's template prints it."""
        shown: Any = copy(self)
        shown.result_count = shown.paginator.count_text
        return shown  # type: ignore[no-any-return]
