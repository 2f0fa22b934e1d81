"""How ``share_analytics_status`` says what it knows, to people and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import reporting_zone
from django_share_analytics.gates.limits import LimitScope
from django_share_analytics.links.visitors import is_client_unsaid
from django_share_analytics.status.health import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django_share_analytics.status.pipeline import PipelineStatus
    from django_share_analytics.status.reports import DispatcherReport, LimitsReport, Records

# For people ---------------------------------------------------------------------------------------


def headline(status: PipelineStatus) -> str:
    """One line that says it all: what a monitor shows."""
    messages = "; ".join(problem.message.rstrip(".") for problem in status.problems)
    return f"{status.level.name}: {messages or 'shares are recorded as they come'}"


def lines(status: PipelineStatus) -> Iterator[str]:
    """The figures, below the headline."""
    heads = ("Dispatcher", "Backend", "Durable", "Waiting", "Oldest", "Last write", "Last error")
    rows = [_row(report, status.checked_at) for report in status.dispatchers]
    yield ""
    yield from _columns([heads, *rows])
    if any(report.status and not report.status.is_shared for report in status.dispatchers):
        yield "* Waits in the memory of each process, which can't be seen from here."
    if status.records:
        yield from _records(status.records, status.checked_at)
    yield f"Limits: {_limits(status.limits)}"
    if is_client_unsaid():
        yield "Visitors: unknown, TRUSTED_PROXIES is not set (see share_analytics.W030)"


def _row(report: DispatcherReport, now: datetime) -> tuple[str, ...]:
    durable = {None: "?", True: "yes", False: "no"}[report.is_durable]
    if report.status is None:
        return (report.alias, report.backend, durable, "?", "?", "?", report.error)
    age, waiting = report.age(now), report.status.waiting
    return (
        report.alias,
        report.backend,
        durable,
        ("?" if waiting is None else f"{waiting:,}") if report.status.is_shared else "*",
        "-" if age is None else duration(age),
        _moment(report.status.last_write),
        report.status.last_error or "-",
    )


def _records(records: Records, now: datetime) -> Iterator[str]:
    rows = [("recorded", f"{records.recorded:,}")]
    rows += [(reason, f"{n:,}") for reason, n in records.not_recorded.items()]
    yield ""
    yield f"Since {_moment(records.since)}"
    yield from ("  " + line for line in _columns(rows))
    yield ""
    yield f"Newest share recorded: {_moment(records.last_recorded, now)}"
    if records.set_aside:
        oldest = _moment(records.oldest_set_aside, now)
        yield f"Set aside: {records.set_aside:,}, the oldest {oldest} (see set_aside_shares)"
    else:
        yield "Set aside: none"


def _limits(limits: LimitsReport) -> str:
    if limits.scope == LimitScope.OFF:
        return "off"
    where = "each process by itself, so that N workers let N times as much pass"
    if limits.scope == LimitScope.SHARED:
        where = f"all processes together, in the cache {limits.cache!r}"
    if limits.knows_clients:
        return where
    return "none for who comes by a proxy, TRUSTED_PROXIES is not set (see share_analytics.W031)"


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _moment(instant: datetime | None, now: datetime | None = None) -> str:
    if instant is None:
        return "-"
    local = f"{instant.astimezone(reporting_zone()):%Y-%m-%d %H:%M:%S %Z}"
    if now is None:
        return local
    return f"{local} ({duration(max(0.0, (now - instant).total_seconds()))} ago)"


# For programs -------------------------------------------------------------------------------------


def as_json(status: PipelineStatus) -> dict[str, Any]:
    """The answer as plain values; ``docs/how-to/operating.md`` explains each."""
    return {
        "level": status.level.name.lower(),
        "checkedAt": status.checked_at.isoformat(),
        "problems": [
            {
                "level": problem.level.name.lower(),
                "code": problem.code,
                "message": problem.message,
                "dispatcher": problem.dispatcher or None,
            }
            for problem in status.problems
        ],
        "dispatchers": [_report_as_json(report, status) for report in status.dispatchers],
        "limits": {
            "scope": status.limits.scope.value,
            "cache": status.limits.cache or None,
            "knowsClients": status.limits.knows_clients,
        },
        "records": _records_as_json(status.records) if status.records else None,
    }


def _report_as_json(report: DispatcherReport, status: PipelineStatus) -> dict[str, Any]:
    here = report.status
    # What this process has is of no interest: it takes no shares.
    shared = here if here and here.is_shared else None
    return {
        "alias": report.alias,
        "backend": report.backend,
        "durable": report.is_durable,
        "shared": None if here is None else here.is_shared,
        "waiting": shared.waiting if shared else None,
        "oldestSeconds": report.age(status.checked_at) if shared else None,
        "lastWrite": _iso(here.last_write if here else None),
        "lastError": (here.last_error if here else report.error) or None,
        "badFiles": here.bad_files if here else None,
    }


def _records_as_json(records: Records) -> dict[str, Any]:
    return {
        "since": records.since.isoformat(),
        "recorded": records.recorded,
        "notRecorded": records.not_recorded,
        "lastRecorded": _iso(records.last_recorded),
        "setAside": records.set_aside,
        "oldestSetAside": _iso(records.oldest_set_aside),
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
