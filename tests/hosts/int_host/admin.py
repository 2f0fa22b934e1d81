from __future__ import annotations

from django.contrib import admin

from tests.hosts.int_host.models import Article

admin.site.register(Article)
