"""Pages of a list that is too long to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.core.paginator import Page, Paginator
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.db.models import QuerySet

    BasePaginator = Paginator[Any]
else:
    BasePaginator = Paginator


class CappedPaginator(BasePaginator):
    """Counts ``limit`` rows at most, and offers the pages that these make.

    Counting a million rows takes longer than everything else on the page together, to say a number
    that nobody pages through. Filters reach what lies beyond.
    """

    limit: ClassVar[int] = 10_000

    @cached_property
    def first_rows(self) -> list[Any]:
        """The first page, and one row more if there is any."""
        return list(self.object_list[: self.per_page + 1])

    @cached_property
    def counted(self) -> int:
        """The number of rows, or one more than ``limit`` when there are more than that."""
        # What is rare is dear to look for: it is not looked for a second time to be counted.
        if len(self.first_rows) <= self.per_page:
            return len(self.first_rows)
        rows = cast("QuerySet[Any]", self.object_list)
        # Without an order, which would make the database sort what it only has to count.
        return rows.order_by()[: self.limit + 1].count()

    def page(self, number: int | str) -> Any:
        if self.validate_number(number) == 1:
            return Page(self.first_rows[: self.per_page], 1, self)
        return super().page(number)

    @property
    def is_capped(self) -> bool:
        return self.counted > self.limit

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.limit)

    @property
    def count_text(self) -> str:
        """The count for people: ``10,000+`` when there are more."""
        number = number_format(self.count, force_grouping=True)
        return _("%(number)s+") % {"number": number} if self.is_capped else number
