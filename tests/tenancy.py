"""A host with a database for each tenant: a router that looks at a thread-local, and hooks.

The tenant ``one`` has the database ``default`` and ``two`` has one of its own; that of ``away`` can
never be reached.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager

from django.db import connections

from django_share_analytics import models
from django_share_analytics.exceptions import UnknownTenant
from django_share_analytics.models import Share

ALIASES = {"one": "default", "two": "two", "away": "away"}
OURS = [
    models.AppStepDay, models.SiteStepDay, models.PlacementStepDay, models.LinkStep,
    models.WaitingStep, models.AppPlatformDay, models.AppDay, models.AppPlatformCount,
    models.AppCount, models.SiteHour, models.OutcomeHour, models.SetAside, models.Share,
    models.DaySecret, models.ImpressionDay, models.Impression,
]  # fmt: skip
_local = threading.local()


class NoTenantError(LookupError):
    """The router was asked where no tenant is."""


class TenantRouter:
    def db_for_read(self, model, **hints):
        tenant = getattr(_local, "tenant", "one")
        if tenant is None:
            raise NoTenantError
        return ALIASES[tenant]

    db_for_write = db_for_read

    def allow_relation(self, *objects, **hints):
        return True


@contextmanager
def at(tenant):
    """Within the block, this thread is where the tenant is; ``None``: where the router fails."""
    before = getattr(_local, "tenant", "one")
    _local.tenant = tenant
    try:
        yield
    finally:
        _local.tenant = before


class Hook:
    """The setting ``TENANT``: names that the router alone wouldn't lead back to."""

    def current(self):
        return getattr(_local, "tenant", None) or ""

    @contextmanager
    def use(self, tenant):
        if tenant not in ALIASES:
            raise UnknownTenant
        with at(tenant):
            yield


class Careless(Hook):
    """What a host writes in a hurry."""

    def current(self):
        return getattr(_local, "tenant", None)

    @contextmanager
    def use(self, tenant):
        assert ALIASES[tenant]
        with at(tenant):
            yield


an_instance = Hook()


class OfNumbers(Hook):
    def current(self):
        return 7


class Raising(Hook):
    def current(self):
        raise ZeroDivisionError("no tenant")


class WithoutUse:
    def current(self):
        return ""


class NeedsArguments:
    def __init__(self, name):
        self.name = name


def stored(alias):
    """The apps of the shares in this database."""
    return sorted(map(str, Share.objects.using(alias).values_list("app", flat=True)))


def reasons(alias):
    rows = models.OutcomeHour.objects.using(alias)
    return dict(rows.values_list("reason", "n"))


def empty(alias, app_model):
    for model in [*OURS, app_model]:
        model._base_manager.using(alias).all()._raw_delete(alias)


def forget(alias):
    connections[alias].close()
    del connections[alias], connections.settings[alias]


class AppsElsewhere:
    """The host's apps, all of them, are in a database of their own."""

    def __init__(self, *labels, strict=True):
        self.labels, self.strict = labels, strict

    def db_for_write(self, model, **hints):
        return "two" if model._meta.app_label in self.labels else None

    def allow_migrate(self, db, app_label, **hints):
        if not self.strict:
            return None
        return (db == "two") == (app_label in self.labels)


class NothingToMigrate:
    """The tables of these apps are not made where shares are, and written to all the same."""

    def __init__(self, *labels):
        self.labels = labels

    def allow_migrate(self, db, app_label, **hints):
        return False if db == "default" and app_label in self.labels else None


class SetAsideElsewhere:
    def db_for_write(self, model, **hints):
        return "two" if model.__name__ == "SetAside" else None
