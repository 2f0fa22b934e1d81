"""Where an event belongs: which database the host's router gave, and which tenant it was made for.

Both are known to the context in which it is accepted, and to no other: a thread, a worker or
another machine has none, or somebody else's. So they are asked there, once, and travel along.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.db import connections, router
from django.utils.module_loading import import_string

from django_share_analytics.conf import APP_LABEL, SETTING, get_settings, is_under_tests
from django_share_analytics.exceptions import UnknownTenant
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from django_share_analytics.events import Event

EventT = TypeVar("EventT", bound="Event")

TENANT_PATH = f'{SETTING}["TENANT"]'


class Tenancy(Protocol):
    """What the setting ``TENANT`` names: an instance, or a class without arguments."""

    def current(self) -> str:
        """The name of the tenant in whose context this is called; empty where there is none."""

    def use(self, tenant: str) -> AbstractContextManager[Any]:
        """Within the block, ORM calls of this thread are those of ``tenant``.

        :raises UnknownTenant: there is none of this name. Any ``LookupError`` and ``DoesNotExist``
            means the same; any other error, that it can't be reached now.
        """


class Place(NamedTuple):
    using: str = ""
    """The alias of a database; empty: what the router says when the share is written."""
    tenant: str = ""

    def __str__(self) -> str:
        return " of ".join(filter(None, [self.tenant, self.using])) or "the database"


NOWHERE = Place()
"""Of all shares where there is one database and no tenant, and of those from before they said."""


@lru_cache(maxsize=4)
def make_tenancy(path: str) -> Tenancy:
    """What the setting names.

    :raises ImproperlyConfigured: it can't be imported, or is nothing of the kind.
    """
    try:
        found = import_string(path)
        tenancy: Tenancy = found() if isinstance(found, type) else found
    except Exception as error:  # the host's own code runs here
        raise ImproperlyConfigured(
            f"{TENANT_PATH}: {path!r} can't be used: {describe(error)}."
        ) from error
    for method in ("current", "use"):
        if not callable(getattr(tenancy, method, None)):
            raise ImproperlyConfigured(f"{TENANT_PATH}: {path!r} has no method {method}().")
    return tenancy


def current_tenant() -> str:
    """The tenant in whose context this is called; empty where there is none.

    :raises Exception: whatever the host's hook raises.
    """
    path = get_settings().tenant
    if not path:
        return ""
    tenant: object = make_tenancy(path).current()
    if tenant is not None and not isinstance(tenant, str):
        raise TypeError(f"{TENANT_PATH}: current() must return text, not {tenant!r}.")
    return tenant or ""


def here() -> Place:
    """Where a share belongs that is accepted here and now.

    Without asking anybody where there is only one place.

    :raises Exception: whatever the host's router or hook raises.
    """
    using = ""
    if len(connections.settings) > 1:
        using = router.db_for_write(apps.get_model(APP_LABEL, "Share"))
    return Place(using, current_tenant())


def at_home(event: EventT) -> EventT:
    """``event`` as one that knows where it belongs: here, unless it knows already.

    :raises Exception: whatever the host's router or hook raises.
    """
    if is_under_tests() and not event.database:
        event = replace(event, database=_test_database(event.using))
    if len(connections.settings) == 1 and not get_settings().tenant:
        return event  # as on nearly every site, and in each request
    if event.using or event.tenant or (place := here()) == NOWHERE:
        return event
    return replace(event, using=place.using, tenant=place.tenant)


def _test_database(using: str) -> str:
    try:
        return database_name(using or router.db_for_write(apps.get_model(APP_LABEL, "Share")))
    except Exception:  # whatever a host's router raises: then it is refused, or asked again
        return ""


def database_name(using: str) -> str:
    """Of the database that is now behind the alias: a test runner exchanges them."""
    return str(connections.settings[using].get("NAME", ""))


def by_place(events: Iterable[EventT]) -> dict[Place, list[EventT]]:
    """The events of each place, in the order in which they came."""
    groups: dict[tuple[str, str], list[EventT]] = {}
    for event in events:
        groups.setdefault((event.using, event.tenant), []).append(event)
    return {Place(*place): group for place, group in groups.items()}


@contextmanager
def inside(place: Place) -> Iterator[str]:
    """Within the block, this thread is at ``place``; the alias of its database.

    :raises UnknownTenant: there is no such place. Nothing is guessed where none is named.
    """
    with ExitStack() as stack:
        _enter(place.tenant, stack)
        using = place.using or router.db_for_write(apps.get_model(APP_LABEL, "Share"))
        if using not in connections.settings:
            raise UnknownTenant(f"There is no database {using!r}.")
        yield using


def _enter(tenant: str, stack: ExitStack) -> None:
    path = get_settings().tenant
    if not path and not tenant:
        return
    if not (path and tenant):
        raise UnknownTenant(f"{TENANT_PATH} is {path!r}, and the tenant {tenant!r}.")
    try:
        stack.enter_context(make_tenancy(path).use(tenant))
    except UnknownTenant:
        raise
    except (LookupError, ObjectDoesNotExist) as error:
        raise UnknownTenant(f"There is no tenant {tenant!r}: {error}") from error
