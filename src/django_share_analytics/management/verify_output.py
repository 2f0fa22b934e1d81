"""How ``verify_share_counts`` says what it found, to people and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import reporting_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_share_analytics.upkeep.findings import Audit, Drift

RUN = "manage.py verify_share_counts --repair"


def audit_lines(audit: Audit) -> Iterator[str]:
    """The verdict last, where somebody who watches is looking."""
    if audit.counted_in:
        yield f"The counts are of {audit.counted_in}, and TIME_ZONE is {audit.time_zone}."
        yield f"DRIFT: nothing was compared. Recount in the new zone with: {RUN}"
        return
    yield f"{_period(audit)}, in {audit.time_zone}."
    if audit.retained_from:
        first = audit.retained_from.astimezone(reporting_zone())
        yield f"Days before {first:%Y-%m-%d} have been pruned: their counts have no rows."
    for name, drift in audit.drift.items():
        if drift.found:
            yield from _lines_of(name, drift)
    if audit.needs_recount:
        yield f"A recount in the zone that is set was interrupted. Finish it with: {RUN}"
    yield _verdict(audit)


def _period(audit: Audit) -> str:
    if audit.start is None and audit.end is None:
        return "All days"
    return f"{audit.start or 'The first day'} to {audit.end or 'the last'}"


def _lines_of(name: str, drift: Drift) -> Iterator[str]:
    if name == "LinkStep":
        yield f"  {name}: {drift.missing:,} rows missing, {drift.surplus:,} too many"
    else:
        things = "steps" if "Step" in name else "shares"
        yield (
            f"  {name}: {drift.counts:,} counts wrong, {drift.missing:,} {things} missing, "
            f"{drift.surplus:,} too many"
        )
    for key, n in drift.examples:
        yield f"    {', '.join(map(str, key))}: {n:+,}"
    if drift.orphans:
        yield f"    and {drift.orphans:,} that belong to nothing"


def _verdict(audit: Audit) -> str:
    if not audit.found:
        return "DRIFT: see above." if not audit.is_exact else "No drift."
    if audit.is_exact:
        return f"{audit.repaired:,} counts repaired: no drift now."
    return f"DRIFT: {audit.found:,} counts are wrong. Repair them with: {RUN}"


def audit_as_json(audit: Audit) -> dict[str, Any]:
    """The same as plain values; ``docs/how-to/maintenance.md`` explains each."""
    return {
        "exact": audit.is_exact,
        "found": audit.found,
        "repaired": audit.repaired,
        "from": _iso(audit.start),
        "to": _iso(audit.end),
        "timeZone": audit.time_zone,
        "countedIn": audit.counted_in or audit.time_zone,
        "needsRecount": audit.needs_recount,
        "retainedFrom": _iso(audit.retained_from),
        "counts": {name: _drift_as_json(drift) for name, drift in audit.drift.items()},
    }


def _drift_as_json(drift: Drift) -> dict[str, Any]:
    return {
        "wrong": drift.counts,
        "missing": drift.missing,
        "surplus": drift.surplus,
        "orphans": drift.orphans,
        "repaired": drift.repaired,
        "examples": [{"key": list(map(str, key)), "add": n} for key, n in drift.examples],
    }


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
