"""What ``SHARE_ANALYTICS["TENANT"]`` names on a site of tenants. For others a host writes its own.

Nothing is imported from a package of tenants before it is asked.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.db import connections, router

from django_share_analytics.conf import APP_LABEL
from django_share_analytics.exceptions import UnknownTenant

if TYPE_CHECKING:
    from collections.abc import Iterator


class DjangoTenants:
    """Schemas of django-tenants: ``"django_share_analytics.tenants.DjangoTenants"``."""

    def current(self) -> str:
        """The name of the schema that this thread is in."""
        return str(_connection().schema_name or "")

    @contextmanager
    def use(self, tenant: str) -> Iterator[None]:
        """Be in that schema.

        :raises UnknownTenant: there is no such schema, or it is the public one and our tables are
            those of tenants alone: what is in the search path behind a schema that is gone, or of
            tables that are not there, is somebody else's.
        """
        from django_tenants.utils import get_public_schema_name, schema_context, schema_exists

        connection = _connection()
        if not schema_exists(tenant, connection.alias):
            raise UnknownTenant(f"There is no schema {tenant!r}.")
        is_there = connection.schema_name == tenant
        # It has but a name of the tenant: who is there already keeps the tenant itself.
        with nullcontext() if is_there else schema_context(tenant, database=connection.alias):
            is_public = tenant == get_public_schema_name()
            if is_public and not router.allow_migrate(connection.alias, APP_LABEL):
                raise UnknownTenant(f"Shares are of tenants, and {tenant!r} is none.")
            yield


def _connection() -> Any:
    from django_tenants.utils import get_tenant_database_alias

    return connections[get_tenant_database_alias()]
