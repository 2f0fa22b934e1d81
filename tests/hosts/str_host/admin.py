from __future__ import annotations

from django.contrib import admin

from tests.hosts.str_host.models import Page

admin.site.register(Page)
