from __future__ import annotations

from django.apps import AppConfig


class StrHostConfig(AppConfig):
    name = "tests.hosts.str_host"
    label = "str_host"
