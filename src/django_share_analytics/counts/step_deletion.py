"""What became of shares goes with them, out of the rows.

A share is a step, too: the re-share of the one by whose link its sharer came. So that step goes,
and when no other re-share is left there, the fact that it was forwarded.

Whoever calls this has locked the apps of the shares, and takes what it returns out of the counts.
(A parent is of the same app, so these locks are enough.)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q

from django_share_analytics.conf import APP_LABEL
from django_share_analytics.counts.steps import StepCell, placed_shares, stored_step_cells
from django_share_analytics.sql.functions import QuarterHour
from django_share_analytics.steps import FORWARDED, RESHARE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import Model, QuerySet


def delete_steps_of_apps(shares: QuerySet[Any], apps: Sequence[Any]) -> Counter[StepCell]:
    """Delete the steps of ``shares``, which are all of these apps; what they were counted as.

    The shares are still there, and counted as steps themselves where they have a placement.
    """
    steps = _rows(shares.model, "LinkStep", shares.db)
    if steps is None:
        return Counter()
    cells = _placed(shares)
    cells.update(_delete(steps.filter(share__app__in=apps)))
    waiting = _rows(shares.model, "WaitingStep", shares.db)
    waiting.filter(share_id__in=shares.values("pk"))._raw_delete(shares.db)
    return cells


def delete_steps_of(shares: QuerySet[Any], keys: Sequence[UUID]) -> Counter[StepCell]:
    """Delete the steps that go with ``shares``, which have these keys; what they were counted as.

    The shares are still there, and counted as steps themselves where they have a placement.
    """
    steps = _rows(shares.model, "LinkStep", shares.db)
    cells = _placed(shares)
    cells.update(_delete(steps.filter(share__in=keys)))
    of_parents = steps.filter(pk__in=keys, kind=RESHARE)
    parents = list(of_parents.values_list("share", flat=True).distinct())
    cells.update(_delete(of_parents))
    reshares = steps.filter(share=OuterRef("share"), kind=RESHARE)
    void = steps.filter(share__in=parents, kind=FORWARDED).exclude(Exists(reshares))
    cells.update(_delete(steps.filter(pk__in=list(void.values_list("pk", flat=True)))))
    waiting = _rows(shares.model, "WaitingStep", shares.db)
    waiting.filter(Q(share_id__in=keys) | Q(pk__in=keys))._raw_delete(shares.db)
    return cells


def _placed(shares: QuerySet[Any]) -> Counter[StepCell]:
    placed = shares.order_by().exclude(placement="")
    grouped = placed.values_list("app_id", "platform", "placement", QuarterHour("timestamp"))
    return Counter(placed_shares({row[:-1]: row[-1] for row in grouped.annotate(n=Count("pk"))}))


def _delete(steps: QuerySet[Any]) -> dict[StepCell, int]:
    cells = stored_step_cells(steps)
    if cells:
        steps._raw_delete(steps.db)
    return cells


def _rows(share_model: type[Model], name: str, using: str) -> Any:
    """All rows of that model; in a migration from before there was one, nothing."""
    try:
        model = share_model._meta.apps.get_model(APP_LABEL, name)
    except LookupError:
        return None
    return model._base_manager.using(using).order_by()
