"""How shares get on: what waits, what was recorded, what was not and why, and whether that is bad.

There are two sources, and each may fail by itself. The dispatchers know what waits, and what this
process has seen. The database knows what arrived at the other end, from all processes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import Error, router
from django.db.models import CharField, Count, Max, Min, Sum, Value

from . import health, outcomes
from .conf import get_settings, reporting_zone
from .dispatch.handler import dispatchers
from .events import utc_now
from .health import Level, Problem, Thresholds
from .models import OutcomeHour, SetAside, Share, SiteHour
from .periods import hour_start
from .poison import describe
from .savepoints import without_harm_to_a_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from .conf import DispatcherSettings
    from .dispatch.base import DispatcherStatus

RECORDED = ""
"""No reason at all: what was recorded."""
HOURS = 24
"""So many hours of the reporting zone are looked back on, the current one included."""


@dataclass(frozen=True, slots=True)
class DispatcherReport:
    """A configured dispatcher, and what it says of itself."""

    alias: str
    backend: str
    """The name of its class."""
    is_durable: bool | None = None
    status: DispatcherStatus | None = None
    """``None`` when it could not say."""
    error: str = ""
    """Why it could not."""

    def age(self, now: datetime) -> float | None:
        """Seconds since the oldest share that waits was accepted, if one waits."""
        oldest = self.status.oldest if self.status else None
        return None if oldest is None else max(0.0, (now - oldest).total_seconds())


@dataclass(frozen=True, slots=True)
class Records:
    """What the database says of all processes together."""

    since: datetime
    recorded: int
    """Shares accepted since then and stored."""
    not_recorded: dict[str, int]
    """Events since then that were not, by reason, the most frequent first."""
    last_recorded: datetime | None
    """When the newest stored share was accepted."""
    set_aside: int
    oldest_set_aside: datetime | None

    @property
    def lost(self) -> int:
        """Of these, the shares that somebody made and that are gone."""
        return sum(self.not_recorded.get(reason, 0) for reason in outcomes.LOSSES)


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    """The whole way of a share, at one moment."""

    checked_at: datetime
    dispatchers: list[DispatcherReport]
    records: Records | None
    """``None`` when the database could not be read."""
    problems: list[Problem] = field(default_factory=list)
    """The worst first."""

    @property
    def level(self) -> Level:
        return max((problem.level for problem in self.problems), default=Level.OK)


def pipeline_status(thresholds: Thresholds | None = None) -> PipelineStatus:
    """Ask the dispatchers and the database; three queries, whatever there is to say.

    A source that fails is a problem in the answer, and not an error.

    :raises ImproperlyConfigured: the settings can't be read.
    """
    thresholds, now = thresholds or Thresholds(), utc_now()
    reports = [_report(config) for config in get_settings().dispatchers.values()]
    records = problem = None
    try:
        records = _records(now)
    except Error as error:
        problem = health.database_problem(describe(error))
    found = health.problems(reports, records, thresholds, now)
    worst_first = sorted([problem, *found] if problem else found, key=lambda one: -one.level)
    return PipelineStatus(now, reports, records, worst_first)


def _report(config: DispatcherSettings) -> DispatcherReport:
    name = config.backend.rpartition(".")[2]
    try:
        dispatcher = dispatchers[config.alias]
        status = dispatchers.status_of(config.alias)
    except Exception as error:  # whatever a broker's client, or a stranger's dispatcher, raises
        return DispatcherReport(config.alias, name, error=describe(error))
    return DispatcherReport(config.alias, name, dispatcher.is_durable, status)


def _counts_by_reason(since: datetime) -> dict[str, int]:
    """What became of everything since then, the most frequent first, with one query."""
    tables = (
        OutcomeHour.objects.all(),
        SiteHour.objects.annotate(reason=Value(RECORDED, CharField())),
    )
    not_recorded, recorded = (
        rows.filter(hour__gte=since).values_list("reason").annotate(total=Sum("n")).order_by()
        for rows in tables
    )
    # A sum over nothing is a row without a number.
    found = [row for row in not_recorded.union(recorded, all=True) if row[1]]
    return dict(sorted(found, key=lambda row: (-row[1], row[0])))


def _records(now: datetime) -> Records:
    since = hour_start(now, reporting_zone()) - timedelta(hours=HOURS - 1)
    with without_harm_to_a_transaction(router.db_for_read(Share)):
        counts = _counts_by_reason(since)
        aside = SetAside.objects.aggregate(n=Count("id"), oldest=Min("set_aside_at"))
        return Records(
            since=since,
            recorded=counts.pop(RECORDED, 0),
            not_recorded=counts,
            last_recorded=Share.objects.aggregate(newest=Max("timestamp"))["newest"],
            set_aside=aside["n"],
            oldest_set_aside=aside["oldest"],
        )
