"""How shares get on: what waits, what was recorded, what was not and why, and whether that is bad.

There are two sources, and each may fail by itself. The dispatchers know what waits, and what this
process has seen. The database knows what arrived at the other end, from all processes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import Error

from django_share_analytics.conf import get_settings
from django_share_analytics.events import utc_now
from django_share_analytics.status import health
from django_share_analytics.status.health import Level, Problem, Thresholds
from django_share_analytics.status.reports import (
    DispatcherReport,
    LimitsReport,
    Records,
    ask_dispatcher,
    read_records,
    report_limits,
)
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    """The whole way of a share, at one moment."""

    checked_at: datetime
    dispatchers: list[DispatcherReport]
    records: Records | None
    """``None`` when the database could not be read."""
    problems: list[Problem] = field(default_factory=list)
    """The worst first."""
    limits: LimitsReport = field(default_factory=LimitsReport)

    @property
    def level(self) -> Level:
        return max((problem.level for problem in self.problems), default=Level.OK)


def pipeline_status(thresholds: Thresholds | None = None) -> PipelineStatus:
    """Ask the dispatchers and the database; three queries, whatever there is to say.

    A source that fails is a problem in the answer, and not an error.

    :raises ImproperlyConfigured: the settings can't be read.
    """
    thresholds, now = thresholds or Thresholds(), utc_now()
    reports = [ask_dispatcher(config) for config in get_settings().dispatchers.values()]
    records = problem = None
    try:
        records = read_records(now)
    except Error as error:
        problem = health.database_problem(describe(error))
    found = health.problems(reports, records, thresholds, now)
    worst_first = sorted([problem, *found] if problem else found, key=lambda one: -one.level)
    return PipelineStatus(now, reports, records, worst_first, report_limits())
