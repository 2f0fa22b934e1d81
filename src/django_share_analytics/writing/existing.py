"""Which apps and users are there: a share of an app that is gone can't be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections

from django_share_analytics.keys import can_be_stored
from django_share_analytics.sql import locks, postgresql

if TYPE_CHECKING:
    from django.db.models import Model


def stored_keys(model: type[Model], keys: set[Any], using: str) -> dict[Any, Any]:
    """Each key that the database finds, and the one that is stored there.

    Nobody has a key that its column can't hold: no database is asked for those, as some refuse to
    look. The rows found can't go until the commit: a writer has the locks of the apps before any
    other, as whoever deletes apps has.
    """
    connection = connections[using]
    keys = {key for key in keys if can_be_stored(connection, model._meta.pk, key)}
    if not keys:
        return {}
    if postgresql.types_of(connection, [model._meta.pk]):
        there = keys - postgresql.lock_and_find_absent(connection, model, list(keys))
        return dict(zip(there, there, strict=True))
    rows = model._base_manager.using(using)
    asked = rows.filter(pk__in=keys).order_by("pk").values_list("pk")
    kept = locks.read_and_keep(asked, only_there=True)
    found = {key: key for (key,) in kept}
    if connection.vendor == "mysql":
        # Its collations take "APP-1" for "app-1": a foreign key would accept what no join finds.
        for key in {key for key in keys if isinstance(key, str)} - set(found):
            stored = rows.filter(pk=key).values_list("pk", flat=True).first()
            if stored is not None:
                found[key] = stored
    return found
