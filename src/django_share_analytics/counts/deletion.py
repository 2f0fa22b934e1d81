"""Shares that go: with their app, or by themselves. Their counts go in the same transaction."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from django.db import connections
from django.utils.formats import number_format

from django_share_analytics.conf import APP_LABEL
from django_share_analytics.counts import rollups, state
from django_share_analytics.counts.step_deletion import delete_steps_of, delete_steps_of_apps
from django_share_analytics.counts.steps import StepCell, note_steps, subtract_step_cells
from django_share_analytics.events import BLANK
from django_share_analytics.sql import locks
from django_share_analytics.sql.statements import MAX_PARAMETERS, chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from django.db.models import Field, ForeignKey, Model, QuerySet
    from django.db.models.deletion import Collector

SHARES_AT_ONCE = 2_000
"""Shares of which a statement names the keys."""


def cascade_with_counts(
    collector: Collector, field: ForeignKey[Any], sub_objs: QuerySet[Any], using: str
) -> None:
    """``on_delete`` of ``Share.app``: a cascade that loads no share and takes the counts along.

    Plain ``CASCADE`` makes the admin load every share of an app before it asks whether to delete
    it, and asks for the permission to delete shares, which nobody has.
    """
    if hasattr(
        collector, "model_objs"
    ):  # the admin collects what it will list, and deletes nothing
        _list_as_number(collector, field.model)
    elif not any(isinstance(entry, SharesOfDeletedApps) for entry in collector.fast_deletes):
        collector.fast_deletes.append(cast("Any", SharesOfDeletedApps(collector, field.model)))


cascade_with_counts.lazy_sub_objs = True  # type: ignore[attr-defined] # Django: don't evaluate them


def forget_sharer(
    collector: Collector, field: ForeignKey[Any], sub_objs: QuerySet[Any], using: str
) -> None:
    """``on_delete`` of ``Share.user``: the share stays, and nothing of the person in it.

    What else was told by the visitor, that a step on the link was their own, is told no more.
    """
    # Backwards, so the user comes last, by whom these shares are found.
    for name, nothing in reversed(list(BLANK.items())):
        column = field.model._meta.get_field(name)
        collector.add_field_update(cast("Field[Any, Any]", column), nothing, sub_objs)


forget_sharer.lazy_sub_objs = True  # type: ignore[attr-defined]


def _app_model(share_model: type[Model]) -> type[Model]:
    """The shared model; in a migration as the migration knows it."""
    return cast("type[Model]", share_model._meta.get_field("app").related_model)


def _collected_apps(collector: Collector, share_model: type[Model]) -> list[Model]:
    app_model = _app_model(share_model)
    return [
        app
        for model, instances in collector.data.items()
        if issubclass(model, app_model)
        for app in instances
    ]


class SharesOfDeletedApps:
    """Everything of ours that goes with the apps of a collector.

    Looks to the collector like one of its querysets that are deleted without being loaded.
    """

    def __init__(self, collector: Collector, share_model: type[Model]) -> None:
        self.collector = collector
        self.model = share_model

    def _raw_delete(self, using: str) -> int:
        keys = [app.pk for app in _collected_apps(self.collector, self.model)]
        lock_apps(_app_model(self.model), keys, using)
        shares = self._rows("Share", using).filter(app__in=keys)
        cells = rollups.stored_cells(shares)
        _subtract(cells, delete_steps_of_apps(shares, keys), using, [rollups.SITE_HOUR])
        self._delete_counts(keys, using)
        deleted = int(shares._raw_delete(using))
        state.closed_days_changed(using)
        state.link_days_changed(using)
        return deleted

    def _delete_counts(self, keys: list[Any], using: str) -> None:
        pairs = self._rows("AppPlatformCount", using).filter(app__in=keys)
        days = self._rows("AppPlatformDay", using).filter(app_platform__in=list(pairs))
        totals = self._rows("AppCount", using).filter(app__in=keys)
        # By day as well, because that is what the key of AppDay starts with.
        dates = set(days.values_list("day", flat=True))
        self._rows("AppDay", using).filter(day__in=dates, app_count__in=list(totals)).delete()
        if self._has("AppStepDay"):
            self._rows("AppStepDay", using).filter(app_platform__in=list(pairs)).delete()
        for rows in (days, pairs, totals):
            rows.delete()

    def _has(self, name: str) -> bool:
        """Whether there is this model: in a migration from before it, there is not."""
        return name.lower() in self.model._meta.apps.all_models[APP_LABEL]

    def _rows(self, name: str, using: str) -> Any:
        model = self.model._meta.apps.get_model(APP_LABEL, name)
        return model._default_manager.using(using)


class ShareTally:
    """The number of shares that the admin would delete, where it expects the set of them."""

    def __init__(self) -> None:
        self.by_app: dict[Any, int] = {}

    def __len__(self) -> int:
        return sum(self.by_app.values())


class ShareTallyLine:
    """One line in the admin's list of what will be deleted: the shares of an app as a number."""

    def __init__(self, share_model: type[Model], n: int) -> None:
        self._meta = SimpleNamespace(verbose_name=share_model._meta.verbose_name_plural)
        self.n = n

    def __str__(self) -> str:
        return number_format(self.n, use_l10n=True, force_grouping=True)


def _list_as_number(collector: Any, share_model: type[Model]) -> None:
    tally = collector.model_objs.get(share_model) or ShareTally()
    apps = {app.pk: app for app in _collected_apps(collector, share_model)}
    counts = share_model._meta.apps.get_model(APP_LABEL, "AppCount")._default_manager
    unlisted = counts.using(collector.using).filter(app__in=set(apps) - set(tally.by_app), n__gt=0)
    for key, n in unlisted.values_list("app", "n"):
        tally.by_app[key] = n
        collector.model_objs[share_model] = tally
        collector.add_edge(apps[key], ShareTallyLine(share_model, n))


@contextmanager
def uncounted(
    shares: QuerySet[Any], apps: Mapping[UUID, Any] | None = None
) -> Iterator[list[QuerySet[Any]]]:
    """Take ``shares``, which the block deletes, out of the counts, and delete their steps.

    Yields the shares by their keys, some in each queryset: no condition is asked for a second time,
    that may be one of their steps, or hold of shares that came in meanwhile. ``apps``: those of
    ``shares`` that go, by their keys, and the app of each, where that is known already.
    """
    model, using = shares.model, shares.db
    locks.lock_for_writing(connections[using], model)
    if apps is None:
        apps = dict(shares.order_by().values_list("pk", "app"))
    lock_apps(_app_model(model), set(apps.values()), using)
    cells: Counter[tuple[Any, str, int]] = Counter()
    step_cells: Counter[StepCell] = Counter()
    some = []
    for keys in chunks(list(apps), MAX_PARAMETERS // SHARES_AT_ONCE):
        rows = model._base_manager.using(using).filter(pk__in=keys)
        cells.update(rollups.stored_cells(rows))
        step_cells.update(delete_steps_of(rows, keys))
        some.append(rows)
    yield some
    _subtract(cells, step_cells, using)
    if cells:
        oldest = rollups.instant_of(min(quarter for app, platform, quarter in cells))
        rollups.note_change(oldest, using)
        note_steps(oldest, using)


def _subtract(
    cells: rollups.Cells,
    step_cells: Mapping[StepCell, int],
    using: str,
    of: Sequence[rollups.Rollup] = rollups.ROLLUPS,
) -> None:
    """In the order in which writers take the locks of the counts."""
    if cells:
        rollups.add_cells({cell: -n for cell, n in cells.items()}, using, of)
    subtract_step_cells(step_cells, using)


def lock_apps(app_model: type[Model], keys: Iterable[Any], using: str) -> None:
    """Wait for the writers that are adding to these apps, and keep new ones out until the commit.

    A writer holds a share of this lock from its foreign keys on, so that no share can slip in
    between counting and deleting.
    """
    locks.lock_for_writing(connections[using], app_model)
    apps = app_model._base_manager.using(using).filter(pk__in=list(keys)).order_by("pk")
    list(apps.select_for_update().values_list("pk"))
