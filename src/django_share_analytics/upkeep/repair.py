"""Counts that differ from the rows are put right, while others go on writing.

A correction is a number to add, found in a snapshot. What is written meanwhile goes into rows and
counts alike, so that the number stays right. Only what was found is corrected, and only once.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connections

from django_share_analytics.conf import get_app_model
from django_share_analytics.counts import state
from django_share_analytics.counts.steps import APP_STEP_DAY
from django_share_analytics.exceptions import ShareAnalyticsError
from django_share_analytics.models import AppCount, Share
from django_share_analytics.sql import locks, upsert
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.steps import STORED
from django_share_analytics.upkeep.sides import APP_STEPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django_share_analytics.counts.rollups import Rollup
    from django_share_analytics.upkeep.differences import Deltas

REPAIR_BATCH_SIZE = 2_000
"""Counts corrected in one transaction: a writer of the same counts waits for no more than that."""

APP_LOCKS = {"postgresql": " FOR KEY SHARE", "mysql": " LOCK IN SHARE MODE"}
"""What a foreign key takes: the apps can't be deleted, and others may write shares of them."""


class Overtaken(ShareAnalyticsError):  # noqa: N818 - names what happened
    """Others correct the same counts, again and again: try again later."""


class Repairer:
    """Applies corrections that were found in a snapshot, as long as nobody else corrects any.

    ``repairs`` is the state's number of that name in the snapshot.
    """

    def __init__(self, using: str, repairs: int) -> None:
        self.using = using
        self.repairs = repairs

    def add(
        self, rollup: Rollup, deltas: Deltas, count_keys: Mapping[Any, int]
    ) -> Iterator[Deltas]:
        """Add ``deltas`` to the counts, some at a time; yields those that were committed.

        ``count_keys`` is what :func:`count_keys_of` says of these apps in the snapshot. The counts
        of apps that were deleted since, and perhaps made anew, are left as they are.

        :raises Overtaken: nothing more was added; compare again.
        """
        known = dict(count_keys)
        for batch in batches(sorted(deltas)):
            chosen = {key: deltas[key] for key in batch}
            added, keys = in_transaction(self.using, partial(self._add, rollup, chosen, known))
            known |= keys
            self.repairs += 1
            yield added

    def delete_orphans(self, rollup: Rollup, parents: Collection[int]) -> int:
        """Delete the counts by day of these parents, which are gone; how many were.

        :raises Overtaken: nothing more was deleted; look again.
        """
        n = 0
        for batch in batches(sorted(parents)):
            n += in_transaction(self.using, partial(self._delete, rollup, batch))
            self.repairs += 1
        return n

    def _add(
        self, rollup: Rollup, deltas: Deltas, count_keys: Mapping[Any, int]
    ) -> tuple[Deltas, dict[Any, int]]:
        """What was added, and the keys that its apps' counts have now: some may have been made."""
        locks.lock_for_writing(connections[self.using], Share)
        added = add_to_counts(rollup, deltas, self.using, count_keys)
        apps = {key[0] for key in added} if rollup.by[0] == "app" else set()
        keys = count_keys_of(apps, self.using)
        self._commit()
        return added, keys

    def _delete(self, rollup: Rollup, parents: Sequence[int]) -> int:
        locks.lock_for_writing(connections[self.using], Share)
        rows: Any = rollup.model._base_manager.using(self.using)
        n = int(rows.filter(**{f"{rollup.parent_column}__in": parents})._raw_delete(self.using))
        self._commit()
        return n

    def _commit(self) -> None:
        if not state.note_repair(self.using, self.repairs):
            raise Overtaken


def add_to_counts(
    rollup: Rollup, deltas: Deltas, using: str, count_keys: Mapping[Any, int] | None = None
) -> Deltas:
    """Add ``deltas`` to the counts, and return those of the apps that are still there.

    With ``count_keys``, of earlier, only those of apps that were not made anew since.
    """
    if rollup.by[0] == "app":
        alive = _lock_apps({key[0] for key in deltas}, using, count_keys)
        deltas = {key: n for key, n in deltas.items() if key[0] in alive}
    sums: Mapping[tuple[Any, ...], int] = deltas
    if rollup.parent is not None:
        parents = _parents(rollup.parent, deltas, using)
        width = len(rollup.parent.by)
        sums = {(parents[key[:width]], *key[width:]): n for key, n in deltas.items()}
    if not sums:
        return deltas
    if rollup is APP_STEPS:
        _add_to_columns(sums, using)
    else:
        upsert.add_sums(connections[using], rollup.model, rollup.columns, sums)
    return deltas


def _add_to_columns(sums: Mapping[tuple[Any, ...], int], using: str) -> None:
    """The kind, which comes last in these keys, says which column of the row it is."""
    rows: dict[tuple[Any, ...], Counter[str]] = {}
    for (*key, kind), n in sums.items():
        rows.setdefault(tuple(key), Counter())[kind] += n
    numbers = {key: tuple(row[kind] for kind in STORED) for key, row in rows.items()}
    model, columns = APP_STEP_DAY.model, APP_STEP_DAY.columns
    upsert.add_columns(connections[using], model, columns, STORED, numbers)


def _lock_apps(keys: Iterable[Any], using: str, count_keys: Mapping[Any, int] | None) -> set[Any]:
    """Those of the apps that are still there; none of them can be deleted until the commit."""
    connection = connections[using]
    present: set[Any] = set()
    for batch in batches(list(keys)):
        apps = get_app_model()._base_manager.using(using).filter(pk__in=batch).order_by("pk")
        sql, parameters = apps.values_list("pk").query.get_compiler(using=using).as_sql()
        with connection.cursor() as cursor:
            cursor.execute(sql + APP_LOCKS.get(connection.vendor, ""), parameters)
        present |= set(apps.values_list("pk", flat=True))
    if count_keys is None:
        return present
    now = count_keys_of(present, using)
    return {key for key in present if now.get(key) == count_keys.get(key)}


def _parents(parent: Rollup, keys: Iterable[tuple[Any, ...]], using: str) -> dict[Any, int]:
    """The integer keys of counts of all time; one that is missing is made."""
    wanted = {key[: len(parent.by)] for key in keys}
    found = upsert.find_ids(connections[using], parent.model, parent.columns, wanted)
    if missing := wanted - set(found):
        zeros = dict.fromkeys(missing, 0)
        found |= upsert.add_returning_ids(connections[using], parent.model, parent.columns, zeros)
    return found


def count_keys_of(apps: Iterable[Any], using: str) -> dict[Any, int]:
    """The integer key of each app's count of all time, of those that have one.

    It goes with the app. An app that is made anew with the key of a deleted one gets another: so
    the same integer says that it is still the same app.
    """
    rows = AppCount.objects.using(using)
    found: dict[Any, int] = {}
    for batch in batches(list(apps)):
        found |= rows.filter(app__in=batch).values_list("app", "pk")
    return found


def batches(keys: Sequence[Any], size: int = 0) -> Iterator[Sequence[Any]]:
    """The keys, as many at a time as one transaction takes."""
    size = size or REPAIR_BATCH_SIZE
    return (keys[start : start + size] for start in range(0, len(keys), size))
