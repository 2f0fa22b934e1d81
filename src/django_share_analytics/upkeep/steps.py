"""The rows of what became of shares, held against each other, and mended.

Three things can be wrong with them that no count shows: a step whose share is gone; a re-share that
is gone; and a fact of a share, that somebody came or shared on, which no step bears out, or which
is missing beside one. Rows are mended with their counts in one transaction, so a comparison of both
finds nothing more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import Count, Exists, Min, OuterRef, Q

from django_share_analytics.conf import get_app_model
from django_share_analytics.counts.deletion import lock_apps
from django_share_analytics.counts.steps import (
    add_step_cells,
    note_steps,
    stored_step_cells,
)
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sql import locks
from django_share_analytics.sql.new_rows import insert_new
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.steps import FACT_OF, RESHARE, fact_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from django_share_analytics.periods import DayRange
    from django_share_analytics.upkeep.differences import Deltas

FACTS_AT_ONCE = 500
"""Shares whose steps are mended in one transaction: nobody writes anything of their apps then."""

ORPHANS_AT_ONCE = 2_000


@dataclass(slots=True)
class Faults:
    """What is wrong with the steps of some shares."""

    missing: list[LinkStep] = field(default_factory=list)
    superfluous: list[LinkStep] = field(default_factory=list)

    def deltas(self) -> Deltas:
        """By the share, kind and id of a row, whether it has to be added or taken away."""
        signed = [(1, self.missing), (-1, self.superfluous)]
        return {
            (str(row.share_id), row.kind, str(row.pk)): sign
            for sign, rows in signed
            for row in rows
        }


def suspects(days: DayRange, using: str) -> list[UUID]:
    """The shares of these days whose steps don't bear each other out."""
    steps = LinkStep.objects.using(using).order_by()
    steps = steps.filter(share__timestamp__gte=days.lower, share__timestamp__lt=days.upper)
    void = set(_without_child(steps).values_list("share", flat=True))
    numbers = {kind: Count("pk", filter=Q(kind=kind)) for pair in FACT_OF.items() for kind in pair}
    differs = Q()
    for kind, fact in FACT_OF.items():
        differs |= Q(**{kind: 0, f"{fact}__gt": 0}) | Q(**{f"{kind}__gt": 0}) & ~Q(**{fact: 1})
    shares = steps.values("share").annotate(**numbers).filter(differs)
    return sorted(void | set(shares.values_list("share", flat=True)))


def faults_of(shares: Sequence[UUID], using: str) -> Faults:
    """What is wrong with the steps of these shares, as it stands now."""
    steps = LinkStep.objects.using(using).filter(share__in=shares).order_by()
    void = _without_child(steps)
    found = Faults(superfluous=list(void))
    causes = steps.filter(kind__in=FACT_OF).exclude(pk__in=[row.pk for row in void])
    first = {
        (share, FACT_OF[kind]): at
        for share, kind, at in causes.values_list("share", "kind").annotate(Min("timestamp"))
    }
    true = {fact_id(*key) for key in first}
    stored = list(steps.filter(kind__in=FACT_OF.values()))
    found.superfluous += [row for row in stored if row.pk not in true]
    there = {row.pk for row in stored}
    for (share, fact), at in first.items():
        if (id := fact_id(share, fact)) not in there:
            found.missing.append(LinkStep(id=id, share_id=share, kind=fact, timestamp=at))
    return found


def mend(shares: Sequence[UUID], using: str) -> Deltas:
    """Put the steps of these shares right, and their counts; what was wrong."""
    return in_transaction(using, partial(_mend, shares, using))


def _mend(shares: Sequence[UUID], using: str) -> Deltas:
    connection = connections[using]
    locks.lock_for_writing(connection, Share)
    apps = Share.objects.using(using).filter(pk__in=shares).values_list("app", flat=True)
    lock_apps(get_app_model(), set(apps.order_by()), using)
    faults = faults_of(shares, using)
    steps: Any = LinkStep.objects.using(using)
    gone = steps.filter(pk__in=[row.pk for row in faults.superfluous])
    cells = Counter({cell: -n for cell, n in stored_step_cells(gone).items()})
    gone._raw_delete(using)
    columns = [each.attname for each in LinkStep._meta.concrete_fields]
    rows = {row.pk: [getattr(row, name) for name in columns] for row in faults.missing}
    if rows:
        insert_new(connection, LinkStep, columns, rows)
        cells.update(stored_step_cells(steps.filter(pk__in=rows)))
    if cells:
        add_step_cells(cells, using)
        changed = faults.missing + faults.superfluous
        note_steps(min(row.timestamp for row in changed), using)
    return faults.deltas()


def orphan_steps(using: str) -> QuerySet[LinkStep]:
    """Steps whose share is gone. In counts, they are found there."""
    share = Share.objects.using(using).filter(pk=OuterRef("share_id"))
    return LinkStep.objects.using(using).order_by().exclude(Exists(share))


def delete_orphan_steps(using: str) -> int:
    """Delete these, some at a time; how many they were."""
    deleted = 0
    while keys := list(orphan_steps(using).values_list("pk", flat=True)[:ORPHANS_AT_ONCE]):
        deleted += in_transaction(using, partial(_delete, keys, using))
    return deleted


def _delete(keys: Sequence[UUID], using: str) -> int:
    locks.lock_for_writing(connections[using], Share)
    rows: Any = orphan_steps(using).filter(pk__in=keys)
    return int(rows._raw_delete(using))


def _without_child(steps: QuerySet[LinkStep]) -> QuerySet[LinkStep]:
    """Re-shares that are gone. One is known by the id of the share that it was."""
    child = Share.objects.using(steps.db).filter(pk=OuterRef("pk"))
    return steps.filter(kind=RESHARE).exclude(Exists(child))
