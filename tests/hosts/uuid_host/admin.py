from __future__ import annotations

from django.contrib import admin

from tests.hosts.uuid_host.models import App

admin.site.register(App)
