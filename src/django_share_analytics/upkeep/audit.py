"""All counts are proven against the rows, and put right on demand: ``verify_share_counts``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import router

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import rollups, state
from django_share_analytics.exceptions import ZoneChanged
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.periods import FIRST_DAY, LAST_DAY
from django_share_analytics.upkeep.findings import Audit, Drift
from django_share_analytics.upkeep.repair import Overtaken, Repairer, batches, count_keys_of
from django_share_analytics.upkeep.rezoning import adopt_zone
from django_share_analytics.upkeep.sides import STEP_COUNTS
from django_share_analytics.upkeep.snapshots import snapshot
from django_share_analytics.upkeep.steps import (
    FACTS_AT_ONCE,
    delete_orphan_steps,
    faults_of,
    mend,
    orphan_steps,
    suspects,
)
from django_share_analytics.upkeep.verification import (
    BY_DAY,
    FOR_EVER,
    OF_APPS,
    drift_by_day,
    drift_for_ever,
    orphans,
    pieces,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django_share_analytics.counts.rollups import Rollup
    from django_share_analytics.periods import DayRange
    from django_share_analytics.upkeep.differences import Deltas
    from django_share_analytics.upkeep.snapshots import Snapshot

    Progress = Callable[[int, int], None]
    """Called with the work done and all the work there is, in rows."""

MAX_TRIES = 50
NEEDS_ALL = "The time zone was changed: repair all days first, without --from and --to."


def audit_counts(
    start: date | None = None,
    end: date | None = None,
    *,
    repair: bool = False,
    progress: Progress | None = None,
) -> Audit:
    """Compare the counts with the rows, of all time or of the days from ``start`` to ``end``.

    Right while shares are being written. With ``repair`` the counts are corrected while it goes on,
    a few at a time: interrupt it and run it again as you like. A repair of all time also recounts
    in the zone that is set, when the counts are of another one.

    Of the counts of all time, a look at some days compares those of the apps that differ there.

    :raises ZoneChanged: counts of another zone can't be compared, or repaired for some days only.
    :raises Overtaken: others corrected counts each time that it tried to.
    """
    return _Auditor(start, end, repair, progress or (lambda done, total: None)).run()


class _Auditor:
    def __init__(
        self, start: date | None, end: date | None, repair: bool, progress: Progress
    ) -> None:
        self.start, self.end = start, end
        self.is_whole = start is None and end is None
        self.repair = repair
        self.progress = progress
        self.using = router.db_for_write(Share)
        self.audit = Audit(start, end, str(reporting_zone()))
        counts = (rollup.model_name for rollup in (*rollups.ROLLUPS, *STEP_COUNTS))
        self.audit.drift = {name: Drift() for name in (*counts, LinkStep.__name__)}
        self.apps: set[Any] = set()
        """Those that differ on some day."""
        self.done = self.total = self.rows = 0

    def run(self) -> Audit:
        row = state.read(self.using)
        if row.reporting_zone != self.audit.time_zone:
            if not self.repair:
                self.audit.counted_in = row.reporting_zone
                return self.audit
            self._change_zone()
        elif row.needs_recount and self.repair and not self.is_whole:
            raise ZoneChanged(NEEDS_ALL)
        self._by_day()
        self._for_ever()
        if self.is_whole:
            self._orphans()
        self._finish()
        return self.audit

    def _change_zone(self) -> None:
        if not self.is_whole:
            raise ZoneChanged(NEEDS_ALL)
        self._until_nobody_comes_between(partial(adopt_zone, self.using))

    def _by_day(self) -> None:
        with snapshot(self.using) as now:
            self.audit.retained_from = now.retained_from
            asked = now.days(self.start or FIRST_DAY, self.end or LAST_DAY)
            chosen, kept = pieces(asked, now), now.kept_days
        self.rows = sum(rows for days, rows in chosen)
        # Each count of all time reads all of them again.
        self.total = self.rows * (1 + len(FOR_EVER) * self.is_whole)
        for days, rows in chosen:
            if days.start in kept:
                self._settle_steps(days)
            for rollup in BY_DAY:
                self._settle(rollup, partial(drift_by_day, rollup, days))
            self._note_done(rows)

    def _settle_steps(self, days: DayRange) -> None:
        """Rows before their counts: what is mended is counted as it then is."""
        drift = self.audit.drift[LinkStep.__name__]
        with snapshot(self.using):
            shares = suspects(days, self.using)
            some = list(batches(shares, FACTS_AT_ONCE))
            found = [] if self.repair else [faults_of(few, self.using).deltas() for few in some]
        for deltas in found:
            drift.note(deltas)
        for few in some if self.repair else []:
            mended = mend(few, self.using)
            drift.note(mended)
            drift.repaired += len(mended)

    def _for_ever(self) -> None:
        if not self.is_whole and not self.apps:
            return
        apps = None if self.is_whole else self.apps
        for rollup in FOR_EVER:
            self._settle(rollup, partial(drift_for_ever, rollup, apps))
            self._note_done(self.rows if self.is_whole else 0)

    def _note_done(self, rows: int) -> None:
        self.done += rows
        self.progress(self.done, self.total)

    def _settle(self, rollup: Rollup, compare: Callable[[Snapshot], Deltas]) -> None:
        """Note what differs, and correct it."""
        self._until_nobody_comes_between(partial(self._settle_once, rollup, compare))

    def _settle_once(self, rollup: Rollup, compare: Callable[[Snapshot], Deltas]) -> None:
        drift = self.audit.drift[rollup.model_name]
        with snapshot(self.using) as now:
            deltas = compare(now)
            apps = {key[0] for key in deltas} if rollup.by[0] == "app" else set()
            # By these the repair knows an app that is deleted now and made anew with the same key.
            count_keys = count_keys_of(apps, self.using) if self.repair else {}
        self.apps |= apps
        if not self.repair:
            drift.note(deltas)
            return
        for added in Repairer(self.using, now.repairs).add(rollup, deltas, count_keys):
            drift.note(added)
            drift.repaired += len(added)

    def _until_nobody_comes_between(self, work: Callable[[], object]) -> None:
        for tries_left in reversed(range(MAX_TRIES)):
            try:
                work()
            except Overtaken:
                if not tries_left:
                    raise
            else:
                return

    def _orphans(self) -> None:
        for rollup in OF_APPS:
            self._until_nobody_comes_between(partial(self._settle_orphans, rollup))

        drift = self.audit.drift[LinkStep.__name__]
        if self.repair:
            deleted = delete_orphan_steps(self.using)
            drift.orphans += deleted
            drift.repaired += deleted
        else:
            drift.orphans += orphan_steps(self.using).count()

    def _settle_orphans(self, rollup: Rollup) -> None:
        drift = self.audit.drift[rollup.model_name]
        with snapshot(self.using) as now:
            found = orphans(rollup, self.using)
        if self.repair and found:
            drift.repaired += Repairer(self.using, now.repairs).delete_orphans(rollup, found)
        drift.orphans += sum(found.values())

    def _finish(self) -> None:
        row = state.read(self.using)
        self.audit.needs_recount = row.needs_recount
        is_of_this_zone = row.reporting_zone == self.audit.time_zone
        if row.needs_recount and self.repair and self.is_whole and is_of_this_zone:
            done = state.note_repair(self.using, row.repairs, needs_recount=False)
            self.audit.needs_recount = not done
