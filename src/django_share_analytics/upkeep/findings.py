"""What a comparison of counts and rows has found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime

    from django_share_analytics.upkeep.differences import Deltas

MAX_EXAMPLES = 10


@dataclass(slots=True)
class Drift:
    """How a rollup differs from the rows."""

    counts: int = 0
    """Counts that are wrong, of them missing and superfluous ones."""
    missing: int = 0
    """Shares that these counts lack, added up."""
    surplus: int = 0
    """Shares that they have too many."""
    orphans: int = 0
    """Counts by day that belong to nothing."""
    repaired: int = 0
    examples: list[tuple[tuple[Any, ...], int]] = field(default_factory=list)
    """Some keys, and what has to be added there."""

    def note(self, deltas: Deltas) -> None:
        self.counts += len(deltas)
        self.missing += sum(n for n in deltas.values() if n > 0)
        self.surplus -= sum(n for n in deltas.values() if n < 0)
        room = MAX_EXAMPLES - len(self.examples)
        self.examples += sorted(deltas.items())[:room]

    @property
    def found(self) -> int:
        return self.counts + self.orphans


@dataclass(slots=True)
class Audit:
    """What was found, and what became of it."""

    start: date | None
    end: date | None
    time_zone: str
    retained_from: datetime | None = None
    counted_in: str = ""
    """The zone that the counts were of, if another one is set now. Nothing was compared then,
    unless the counts were repaired."""
    needs_recount: bool = False
    """A recount in a new zone was begun and not finished."""
    drift: dict[str, Drift] = field(default_factory=dict)
    """By the name of the count's model."""

    @property
    def found(self) -> int:
        """Wrong counts, in all."""
        return sum(drift.found for drift in self.drift.values())

    @property
    def repaired(self) -> int:
        return sum(drift.repaired for drift in self.drift.values())

    @property
    def is_exact(self) -> bool:
        """Whether the counts are right now, as far as they were looked at."""
        return self.repaired == self.found and not self.counted_in and not self.needs_recount
