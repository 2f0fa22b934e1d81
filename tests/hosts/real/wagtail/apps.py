from __future__ import annotations

from django.apps import AppConfig


class WagtailHostConfig(AppConfig):
    name = "tests.hosts.real.wagtail"
    label = "wagtail_host"
