"""What the dispatchers say of themselves, and what the database says of all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import router
from django.db.models import CharField, Count, Max, Min, Sum, Value

from django_share_analytics import outcomes
from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.gates.limits import LimitScope, scope_of_limits
from django_share_analytics.models import OutcomeHour, SetAside, Share, SiteHour
from django_share_analytics.periods import hour_start
from django_share_analytics.sql.transactions import without_harm_to_a_transaction
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from datetime import datetime

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.dispatch.base import DispatcherStatus

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
class LimitsReport:
    """How much one client may do, and who sees to it."""

    scope: LimitScope = LimitScope.OFF
    cache: str = ""
    """In which processes count together."""
    knows_clients: bool = True
    """Whether it is said how they come; else one that comes by a proxy has no limit."""


def report_limits() -> LimitsReport:
    """As the settings have it."""
    ours, scope = get_settings(), scope_of_limits()
    cache = ours.limits_cache if scope == LimitScope.SHARED else ""
    return LimitsReport(scope, cache, ours.trusted_proxies is not None)


def ask_dispatcher(config: DispatcherSettings) -> DispatcherReport:
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


def read_records(now: datetime) -> Records:
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
