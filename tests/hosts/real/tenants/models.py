from __future__ import annotations

from django_tenants.models import DomainMixin, TenantMixin


class Tenant(TenantMixin):
    auto_drop_schema = True


class Domain(DomainMixin):
    pass
