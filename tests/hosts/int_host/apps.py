from __future__ import annotations

from django.apps import AppConfig


class IntHostConfig(AppConfig):
    name = "tests.hosts.int_host"
    label = "int_host"
