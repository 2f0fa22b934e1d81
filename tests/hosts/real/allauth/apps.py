from __future__ import annotations

from django.apps import AppConfig


class AllauthHostConfig(AppConfig):
    name = "tests.hosts.real.allauth"
    label = "allauth_host"
