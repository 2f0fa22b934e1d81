"""The counts: declared as data, kept by one engine.

Everything starts from *cells*: the number of shares of an app on a platform in a quarter of an hour
of UTC. They are summed up from a batch that is being written, or by a query over stored shares that
are to go.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Count

from django_share_analytics.conf import APP_LABEL, reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.periods import QUARTER_SECONDS, hour_start, local_day
from django_share_analytics.sql import upsert
from django_share_analytics.sql.functions import QuarterHour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import Model, QuerySet

    from django_share_analytics.events import ShareEvent

    Cells = Mapping[tuple[Any, str, int], int]
    """(key of the app, platform, quarter of an hour since 1970) → shares."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(seconds=QUARTER_SECONDS)

FACTS = ("app", "platform", "day", "hour")
"""What is known of a share when it is counted."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of counts, by the facts that the shares of one row have in common.

    With a ``parent``, the integer key of the parent's row stands for the facts that come first.
    The model is named, not held: models delete through the rollups, so these can't import them.
    """

    model_name: str
    by: tuple[str, ...]
    parent: Rollup | None = None
    parent_column: str = ""

    @property
    def model(self) -> type[Model]:
        return apps.get_model(APP_LABEL, self.model_name)

    @property
    def name(self) -> str:
        return self.model._meta.db_table.removeprefix(f"{APP_LABEL}_")

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of the key, the parent's first."""
        if self.parent is None:
            return self.by
        return (self.parent_column, *self.by[len(self.parent.by) :])


APP = Rollup("AppCount", by=("app",))
APP_PLATFORM = Rollup("AppPlatformCount", by=("app", "platform"))
APP_DAY = Rollup("AppDay", ("app", "day"), APP, "app_count")
APP_PLATFORM_DAY = Rollup(
    "AppPlatformDay", ("app", "platform", "day"), APP_PLATFORM, "app_platform"
)
SITE_HOUR = Rollup("SiteHour", by=("hour", "platform"))

ROLLUPS = (APP, APP_PLATFORM, APP_DAY, APP_PLATFORM_DAY, SITE_HOUR)
"""In the order in which every writer takes their locks."""


def cells_of(events: Iterable[ShareEvent]) -> Counter[tuple[Any, str, int]]:
    """The cells that these events make."""
    return Counter((event.app_id, event.platform, quarter_of(event.timestamp)) for event in events)


def stored_cells(shares: QuerySet[Any]) -> dict[tuple[Any, str, int], int]:
    """The cells that these shares make, read with one query; their model may be a migration's."""
    grouped = shares.order_by().values_list("app_id", "platform", QuarterHour("timestamp"))
    return {cell[:3]: cell[3] for cell in grouped.annotate(n=Count("pk"))}


def add_cells(cells: Cells, using: str, rollups: Sequence[Rollup] = ROLLUPS) -> None:
    """Add the cells to the rollups, of which a parent comes before its children.

    Whoever calls this says so with :func:`note_change`, last of all in the transaction.
    """
    connection = connections[using]
    facts = _with_facts(cells)
    parents = {rollup.parent for rollup in rollups}
    ids: dict[Rollup, dict[tuple[Any, ...], int]] = {}
    for rollup in rollups:
        sums = sums_of(rollup.by, facts, FACTS)
        if rollup.parent is not None:
            sums = _through_parent(sums, ids[rollup.parent], len(rollup.parent.by))
        if rollup in parents:
            ids[rollup] = upsert.add_returning_ids(connection, rollup.model, rollup.columns, sums)
        else:
            upsert.add_sums(connection, rollup.model, rollup.columns, sums)


def note_change(
    oldest: datetime, using: str, changed: Callable[[str], None] = state.closed_days_changed
) -> None:
    """Let everyone know if counts of a day that was over have changed, back to ``oldest``.

    In the transaction that changes them, and after everything else in it. A host's may be open for
    so long that the day is over when it commits: that is looked at again then.
    """
    if state.count_of_closed_days_changes(oldest):
        changed(using)
    else:
        # Named, as Django says by its name which one failed.
        def note_late() -> None:
            if state.count_of_closed_days_changes(oldest):
                changed(using)

        transaction.on_commit(note_late, using=using, robust=True)


def instant_of(quarter: int) -> datetime:
    """When this quarter of an hour since 1970 begins."""
    return EPOCH + quarter * QUARTER


def moments_of(instants: Iterable[datetime]) -> dict[datetime, tuple[date, datetime]]:
    """The quarters of an hour that these are in, with the reporting zone's day and hour."""
    return {instant_of(quarter): moment_of(quarter) for quarter in set(map(quarter_of, instants))}


def quarter_of(instant: datetime) -> int:
    """The quarter of an hour since 1970 that an instant lies in."""
    return (instant - EPOCH) // QUARTER


def moment_of(quarter: int) -> tuple[date, datetime]:
    """The reporting zone's day and hour in that quarter of an hour."""
    instant, zone = instant_of(quarter), reporting_zone()
    return local_day(instant, zone), hour_start(instant, zone)


def _with_facts(cells: Cells) -> list[tuple[tuple[Any, ...], int]]:
    moments = {quarter: moment_of(quarter) for quarter in {cell[2] for cell in cells}}
    return [
        ((app, platform, *moments[quarter]), n) for (app, platform, quarter), n in cells.items()
    ]


def sums_of(
    by: Sequence[str], facts: Iterable[tuple[tuple[Any, ...], int]], names: Sequence[str]
) -> dict[tuple[Any, ...], int]:
    """The sums of ``facts``, pairs of values and a number, by some of the values' ``names``."""
    places = [names.index(name) for name in by]
    # Of a single place itemgetter gives the bare value; a slice keeps it a tuple.
    key_of = itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))
    sums: Counter[tuple[Any, ...]] = Counter()
    for values, n in facts:
        sums[key_of(values)] += n
    return sums


def _through_parent(
    sums: Mapping[tuple[Any, ...], int], ids: Mapping[tuple[Any, ...], int], width: int
) -> dict[tuple[Any, ...], int]:
    through: Counter[tuple[Any, ...]] = Counter()
    for key, n in sums.items():
        through[ids[key[:width]], *key[width:]] += n
    return through
