from __future__ import annotations

from django.apps import AppConfig


class UuidHostConfig(AppConfig):
    name = "tests.hosts.uuid_host"
    label = "uuid_host"
