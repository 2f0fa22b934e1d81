"""The table from which every number about a cohort is made: its shares and what became of them.

All sums are over the same cells, so that they agree with each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django_share_analytics.stats.days import most_first
from django_share_analytics.stats.reach import STEPS, Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django_share_analytics.periods import DayRange

    Series = Sequence[int]
    """A number for each day of a period, zeros included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The shares of some days by platform, and the steps on their links within a window."""

    period: DayRange
    shares: Mapping[str, Series]
    """platform → shares."""
    steps: Mapping[tuple[str, str], Series]
    """Platform and kind → steps."""
    details: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """kind → detail → steps of all days."""
    ages: Sequence[Series] = ()
    """For each day its re-shares by the number of their age."""

    def shares_on(self, platform: str | None = None) -> list[int]:
        """The shares of each day; on one platform, or on all that are asked about."""
        return self._added(
            series for name, series in self.shares.items() if platform in (None, name)
        )

    def steps_of(self, kind: str, platform: str | None = None) -> list[int]:
        """The steps of a kind on the links of the shares of each day."""
        return self._added(
            series
            for (name, of), series in self.steps.items()
            if of == kind and platform in (None, name)
        )

    def by_detail(self, kind: str) -> dict[str, int]:
        """The steps of a kind by what is known beside it, most first; not those without that."""
        return most_first([{name: n for name, n in self.details.get(kind, {}).items() if name}])

    def reach(self) -> Reach:
        steps = {name: sum(self.steps_of(kind)) for name, kind in STEPS.items()}
        return Reach(shares=sum(self.shares_on()), **steps)

    def _added(self, several: Iterable[Series]) -> list[int]:
        return [sum(day) for day in zip([0] * self.period.days, *several, strict=True)]


def new_series(period: DayRange) -> defaultdict[Any, list[int]]:
    """A series by whatever is asked for, to be filled in."""
    return defaultdict(lambda: [0] * period.days)
