"""The counts of what became of shares: as :mod:`.rollups`, by the day of the share.

A step's cell is the app, platform, placement and quarter of an hour of its share, and its own kind,
detail and age. Whoever adds or subtracts cells says so with :func:`note_steps`, last of all in the
transaction.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connections
from django.db.models import Count, F

from django_share_analytics.counts import state
from django_share_analytics.counts.rollups import (
    APP_PLATFORM,
    Rollup,
    moment_of,
    note_change,
    sums_of,
)
from django_share_analytics.sql import upsert
from django_share_analytics.sql.ages import stored_age
from django_share_analytics.sql.functions import QuarterHour
from django_share_analytics.steps import SHARE, STORED, window_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet


class StepCell(NamedTuple):
    app: Any
    platform: str
    placement: str
    quarter: int
    """Of the share, in quarters of an hour since 1970."""
    kind: str
    detail: str
    age: int
    """The number of an age, see :func:`.steps.age_of`."""


class StepFacts(NamedTuple):
    """What is known of a step when it is counted."""

    app: Any
    platform: str
    placement: str
    day: date
    """Of the share, in the reporting zone."""
    kind: str
    detail: str
    age: int
    within: int
    """The window in days, see :func:`.steps.window_of`."""


SITE_STEP_DAY = Rollup("SiteStepDay", by=("day", "platform", "kind", "detail", "age"))
APP_STEP_DAY = Rollup(
    "AppStepDay", ("app", "platform", "day", "within"), APP_PLATFORM, "app_platform"
)
"""Has a column for each kind, where others have ``n``."""
PLACEMENT_STEP_DAY = Rollup(
    "PlacementStepDay", by=("day", "placement", "platform", "kind", "within")
)

STEP_ROLLUPS = (SITE_STEP_DAY, APP_STEP_DAY, PLACEMENT_STEP_DAY)
"""In the order in which every writer takes their locks, after those of shares."""


def stored_step_cells(steps: QuerySet[Any]) -> dict[StepCell, int]:
    """The cells that these steps make, read with one query; their model may be a migration's."""
    share = ("share__app_id", "share__platform", "share__placement")
    of_share = steps.order_by().annotate(
        quarter_=QuarterHour("share__timestamp"),
        age_=stored_age(F("timestamp"), F("share__timestamp")),
    )
    grouped = of_share.values_list(*share, "quarter_", "kind", "detail", "age_")
    return {StepCell(*row[:-1]): row[-1] for row in grouped.annotate(n_=Count("pk"))}


def placed_shares(cells: Mapping[tuple[Any, str, str, int], int]) -> dict[StepCell, int]:
    """Shares, by app, platform, placement and quarter of an hour, as cells of steps.

    Those without a placement are counted as shares alone.
    """
    return {StepCell(*key, SHARE, "", 0): n for key, n in cells.items() if key[2]}


def add_step_cells(cells: Mapping[StepCell, int], using: str) -> None:
    """Add the cells to the rollups."""
    counted = _with_facts(cells)
    if steps := [(facts, n) for facts, n in counted if facts.kind != SHARE]:
        _add(SITE_STEP_DAY, steps, using)
        _add_to_apps(steps, using)
    if placed := [(facts, n) for facts, n in counted if facts.placement]:
        _add(PLACEMENT_STEP_DAY, placed, using)


def subtract_step_cells(cells: Mapping[StepCell, int], using: str) -> None:
    """Take the cells out of the rollups."""
    if cells:
        add_step_cells({cell: -n for cell, n in cells.items()}, using)


def note_steps(oldest: datetime, using: str) -> None:
    """Let everyone know if steps were counted of a day that was over, back to ``oldest``, the
    time of a step; see :func:`.state.link_days_version`."""
    note_change(oldest, using, state.link_days_changed)


def _with_facts(cells: Mapping[StepCell, int]) -> list[tuple[StepFacts, int]]:
    days = {quarter: moment_of(quarter)[0] for quarter in {cell.quarter for cell in cells}}
    return [
        (
            StepFacts(*cell[:3], days[cell.quarter], *cell[4:], within=window_of(cell.age)),
            n,
        )
        for cell, n in cells.items()
    ]


def _add(rollup: Rollup, counted: list[tuple[StepFacts, int]], using: str) -> None:
    sums = sums_of(rollup.by, counted, StepFacts._fields)
    upsert.add_sums(connections[using], rollup.model, rollup.columns, sums)


def _add_to_apps(counted: list[tuple[StepFacts, int]], using: str) -> None:
    """A column a kind, and the integer key of app and platform in the place of these."""
    ids = _app_platforms({(facts.app, facts.platform) for facts, _ in counted}, using)
    rows: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(STORED))
    for facts, n in counted:
        key = ids[facts.app, facts.platform], facts.day, facts.within
        rows[key][STORED.index(facts.kind)] += n
    table = APP_STEP_DAY
    upsert.add_columns(connections[using], table.model, table.columns, STORED, rows)


def _app_platforms(keys: set[tuple[Any, ...]], using: str) -> dict[tuple[Any, ...], int]:
    """The integer keys that stand for these apps and platforms."""
    connection = connections[using]
    ids = upsert.find_ids(connection, APP_PLATFORM.model, APP_PLATFORM.columns, keys)
    if missing := dict.fromkeys(keys - ids.keys(), 0):
        ids |= upsert.add_returning_ids(
            connection, APP_PLATFORM.model, APP_PLATFORM.columns, missing
        )
    return ids
