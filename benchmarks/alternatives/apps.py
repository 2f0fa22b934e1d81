from __future__ import annotations

from django.apps import AppConfig


class AlternativesConfig(AppConfig):
    name = "benchmarks.alternatives"
    label = "alternatives"
