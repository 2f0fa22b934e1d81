"""How shares get on: what waits, what was recorded, what was not, and whether that is bad."""

from __future__ import annotations

from django_share_analytics.status.health import Level, Limits, Problem, Thresholds
from django_share_analytics.status.pipeline import PipelineStatus, pipeline_status
from django_share_analytics.status.reports import DispatcherReport, Records

__all__ = [
    "DispatcherReport",
    "Level",
    "Limits",
    "PipelineStatus",
    "Problem",
    "Records",
    "Thresholds",
    "pipeline_status",
]
