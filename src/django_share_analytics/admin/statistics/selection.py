"""What the statistics page is asked for, and the addresses that ask for something near it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import DayRange, local_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import Model

DEFAULT_DAYS = 30
ORDER = ("days", "from", "to", "platform", "app", "compare", "export")
"""How parameters stand in an address, so that one view has one address."""


@dataclass(frozen=True, slots=True)
class Selection:
    """One range, one platform or all, one app or all: what every number of the page is about."""

    days: int | None = DEFAULT_DAYS
    """The last so many days with today; ``None`` when ``start`` and ``end`` say which."""
    start: date | None = None
    end: date | None = None
    platform: str | None = None
    app: Model | None = None
    compare: bool = True

    def range(self, now: datetime) -> DayRange:
        """The days, in the reporting zone."""
        zone = reporting_zone()
        if self.days is not None:
            return DayRange.last(self.days, today=local_day(now, zone), zone=zone)
        assert self.start is not None
        assert self.end is not None
        return DayRange(self.start, self.end, zone)

    @property
    def app_key(self) -> Any:
        return None if self.app is None else self.app.pk

    @property
    def parameters(self) -> dict[str, str]:
        """The same as the page's own parameters; what is not asked for is left out."""
        if self.days is not None:
            period = {"days": str(self.days)}
        else:
            period = {"from": str(self.start), "to": str(self.end)}
        narrowed = {"platform": self.platform, "app": self.app_key}
        given = {name: str(value) for name, value in narrowed.items() if value is not None}
        return {**period, **given} if self.compare else {**period, **given, "compare": "0"}

    def link(self, **changes: Any) -> str:
        """The query of this page for the same with some parameters changed, or dropped (None)."""
        parameters = {**self.parameters, **changes}
        given = [(name, parameters[name]) for name in ORDER if parameters.get(name) is not None]
        return f"?{urlencode(given)}"

    def link_to_day(self, day: date) -> str:
        """The same for one day alone."""
        return replace(self, days=None, start=day, end=day).link()

    def link_to_days(self, days: int) -> str:
        """The same for the last so many days."""
        return replace(self, days=days, start=None, end=None).link()
