"""The pipeline's status, arranged as the statistics page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_share_analytics import outcomes
from django_share_analytics.admin import words
from django_share_analytics.admin.columns import moment
from django_share_analytics.conf import reporting_zone
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.gates.limits import LimitScope
from django_share_analytics.status.health import Level, Problem, duration

if TYPE_CHECKING:
    from datetime import datetime

    from django_share_analytics.status.pipeline import PipelineStatus
    from django_share_analytics.status.reports import DispatcherReport, LimitsReport, Records

LEVEL_LABELS = {
    Level.OK: gettext_lazy("Working"),
    Level.WARNING: gettext_lazy("Warning"),
    Level.CRITICAL: gettext_lazy("Critical"),
}
ALIASES = {"default": gettext_lazy("Default"), "fallback": gettext_lazy("Fallback")}
REASON_LABELS = {
    outcomes.DUPLICATE: gettext_lazy("Sent more than once"),
    outcomes.UNKNOWN_APP: gettext_lazy("Of an unknown app"),
    outcomes.UNKNOWN_TENANT: gettext_lazy("Of a tenant that is gone, or of none"),
    outcomes.BEFORE_RETENTION: gettext_lazy("Older than what is kept"),
    outcomes.REFUSED_BY_DATABASE: gettext_lazy("Refused by the database"),
    outcomes.UNREADABLE: gettext_lazy("Unreadable"),
    outcomes.SET_ASIDE_FULL: gettext_lazy("No room to set it aside"),
    outcomes.LOST_AT_EXIT: gettext_lazy("Lost when a process stopped"),
    outcomes.UNAVAILABLE: gettext_lazy("Taken by no dispatcher"),
    outcomes.INVALID: gettext_lazy("Invalid"),
    outcomes.OWN: gettext_lazy("Steps of sharers on their own links"),
    outcomes.BOT: gettext_lazy("From robots"),
    outcomes.CROSS_SITE: gettext_lazy("From pages of other sites"),
    outcomes.LIMITED: gettext_lazy("Too many from one client"),
    outcomes.UNKNOWN_SHARE: gettext_lazy("Steps on links of shares that are not there"),
    outcomes.OTHER_APP: gettext_lazy("Came by the link of another app"),
}
NOTHING = "-"
BEHIND = frozenset({"age", "waiting"})
"""Problems that mean that the counts are not up to date."""


@dataclass(frozen=True, slots=True)
class Notice:
    """How it is, in a word that is also a colour, and why."""

    style: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class DispatcherColumn:
    name: str
    backend: str
    waiting: str
    age: str
    last_write: str
    last_error: str
    survival: str
    is_of_this_process: bool


@dataclass(frozen=True, slots=True)
class ReasonRow:
    label: str
    events: str


@dataclass(frozen=True, slots=True)
class RecordsTable:
    since: str
    recorded: str
    reasons: list[ReasonRow]
    newest: str
    set_aside: str
    has_set_aside: bool


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The panel."""

    is_well: bool
    notices: list[Notice]
    dispatchers: list[DispatcherColumn]
    has_memories: bool
    """Whether some of the figures are those of one process."""
    records: RecordsTable | None
    recorded_until: str
    """Up to when everything is in the counts; empty while nothing is known to be behind."""
    limits: str


def build_pipeline(status: PipelineStatus) -> Pipeline:
    """The panel for ``status``."""
    now = status.checked_at
    columns = [_column(report, now) for report in status.dispatchers]
    well = Problem(Level.OK, "", _("Shares are recorded as they come."))
    return Pipeline(
        is_well=status.level == Level.OK,
        notices=[_notice(problem) for problem in status.problems or [well]],
        dispatchers=columns,
        has_memories=any(column.is_of_this_process for column in columns),
        records=None if status.records is None else _records(status.records, now),
        recorded_until=_recorded_until(status),
        limits=_limits(status.limits),
    )


def _recorded_until(status: PipelineStatus) -> str:
    """When the oldest share that waits was accepted: all before it is recorded."""
    if all(problem.code not in BEHIND for problem in status.problems):
        return ""
    ages = [report.age(status.checked_at) for report in status.dispatchers]
    age = max((age for age in ages if age is not None), default=None)
    if age is None:
        return ""
    zone = reporting_zone()
    until = (status.checked_at - timedelta(seconds=age)).astimezone(zone)
    if until.date() == status.checked_at.astimezone(zone).date():
        return words.clock(until)
    return words.day_and_clock(until)


def reason_label(reason: str) -> str:
    """Why something was not recorded, in words; a stranger's reason by its name."""
    return str(REASON_LABELS.get(reason) or reason.replace("_", " ").capitalize())


def _notice(problem: Problem) -> Notice:
    return Notice(problem.level.name.lower(), str(LEVEL_LABELS[problem.level]), problem.message)


def _column(report: DispatcherReport, now: datetime) -> DispatcherColumn:
    status, age = report.status or DispatcherStatus(waiting=None, is_shared=True), report.age(now)
    return DispatcherColumn(
        name=str(ALIASES.get(report.alias, report.alias)),
        backend=report.backend.removesuffix("Dispatcher"),
        waiting=_("unknown") if status.waiting is None else words.number(status.waiting),
        age=NOTHING if age is None else duration(age),
        last_write=_when(status.last_write, now),
        last_error=report.error or status.last_error or NOTHING,
        survival=_survival(report.is_durable),
        is_of_this_process=not status.is_shared,
    )


def _limits(limits: LimitsReport) -> str:
    """How much one client may do, in a sentence."""
    if limits.scope == LimitScope.OFF:
        return _("There is no limit to what one client counts.")
    if not limits.knows_clients:
        return _(
            "Who comes by a proxy has no limit: the setting TRUSTED_PROXIES does not say how many "
            "there are."
        )
    if limits.scope == LimitScope.SHARED:
        return _("Limits to what one client counts hold for all processes together.")
    return _(
        "Each process limits by itself what one client counts: several let as many times more pass."
    )


def _survival(is_durable: bool | None) -> str:
    if is_durable is None:
        return _("unknown")
    return _("Nothing is lost") if is_durable else _("Its latest shares are lost")


def _records(records: Records, now: datetime) -> RecordsTable:
    return RecordsTable(
        since=moment(records.since),
        recorded=words.number(records.recorded),
        reasons=[
            ReasonRow(reason_label(reason), words.number(n))
            for reason, n in records.not_recorded.items()
        ],
        newest=_when(records.last_recorded, now),
        set_aside=words.number(records.set_aside),
        has_set_aside=bool(records.set_aside),
    )


def _when(instant: datetime | None, now: datetime) -> str:
    """How long ago that was; the moment itself is in the title."""
    if instant is None:
        return NOTHING
    age = duration(max(0.0, (now - instant).total_seconds()))
    return format_html(
        '<time datetime="{0}" title="{0}">{1}</time>',
        instant.isoformat(timespec="seconds"),
        _("%(age)s ago") % {"age": age},
    )
