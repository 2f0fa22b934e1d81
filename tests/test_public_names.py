"""What hosts import stays where it is: what README and docs name, and what a host may subclass."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "example_project/README.md", *(ROOT / "docs").rglob("*.md")]

IMPORT = re.compile(r"from (django_share_analytics[\w.]*) import (\([^)]+\)|[\w, ]+)")
DOTTED = re.compile(r"(?<![\w./-])django_share_analytics(?:\.\w+)+")

PROMISED = {
    "": """
        ImpressionEvent LinkEvent Receipt ShareEvent atrack_conversion atrack_share
        track_conversion track_share
    """,
    "stats": """
        AppRank CachedShareCount Comparison DayCount Headline HourCount Period RisingApp ShareCount
        ShareStats cached_share_count cached_share_counts changes_of_apps daily_of_apps hour_of_week
        make_period percentages share_count share_counts share_stats with_share_count
    """,
    "upkeep": """
        Erased ExportedShare Forgotten NoAge PersonExport TooRecent blank_shares erase_person
        export_person prune_shares
    """,
    "virality": """
        AppTravel Cascade Cascades Cohort CycleTime PlacementTravel PlatformTravel Rate Rates
        Verdict ViewsTravel Virality WeekTravel share_virality travel_of
    """,
    "status": """
        DispatcherReport Level Limits PipelineStatus Problem Records Thresholds pipeline_status
    """,
    "testing": "CapturedShares IMMEDIATE MEMORY MemoryDispatcher capture_shares use_dispatchers",
    "asgi": "drain_on_shutdown",
    "platforms": "BUILT_IN Platform",
    "signals": "share_milestone shares_dropped shares_recorded",
    "urls": "app_name urlpatterns",
    "link_urls": "app_name urlpatterns",
    "dispatch.base": "BaseDispatcher DispatcherStatus NoOptions",
    "dispatch.handler": "dispatchers",
    "dispatch.backends.buffered": "BufferedDispatcher",
    "dispatch.backends.immediate": "ImmediateDispatcher",
    "deprecation": "RemovedInNextVersionWarning RemovedInShareAnalytics1Warning",
    "places": "Tenancy",
    "exceptions": """
        DispatcherUnavailable InvalidShare NewerShare ShareAnalyticsError Throttled UnknownApp
        UnknownTenant UnreadableShare
    """,
    "events": "Event ImpressionEvent LinkEvent ShareEvent",
    "codec": "decode encode",
    "conf": "DEFAULT_GATES",
    "tenants": "DjangoTenants",
    "admin": """
        SetAsideAdmin ShareAdmin ShareStatisticsAdmin ShareStatsAdminMixin ShareViralityAdmin
    """,
    "api.track": "TrackShareView",
    "api.impressions": "ImpressionView",
    "api.visits": "ConversionView VisitView",
    "api.virality": "ShareViralityView",
    "api.views": "ShareCountView ShareCountsView ShareListView ShareStatsView",
    "api.authentication": "SessionUserAuthentication",
    "api.export": "ShareExportView StatsExportView",
    "api.filters": "ShareFilterSet",
    "api.pagination": "NewestFirst",
    "api.permissions": "IsStaffWithPermission",
    "api.serializers": "ShareSerializer StatsQuerySerializer TrackShareSerializer",
    "models": "SetAside Share ShareStatistics ShareVirality",
    "writing.batches": "NotAllWritten write_batch",
    "writing.payloads": "Unwritten write_payloads",
}
"""Module → names, of what is public beside what the pages show."""
WITH_EXTRAS = {
    "celery": "django_share_analytics.dispatch.backends.celery.CeleryDispatcher",
    "redis": "django_share_analytics.dispatch.backends.redis_streams.RedisStreamsDispatcher",
    "django_tasks": "django_share_analytics.dispatch.backends.tasks.TasksDispatcher",
}


def named_in(text: str) -> set[str]:
    """Dotted paths of everything that a page imports or names."""
    names = {
        f"{module}.{name}"
        for module, listed in IMPORT.findall(text)
        for name in re.findall(r"\w+", listed)
    }
    return names | {path.removesuffix(".md") for path in DOTTED.findall(text)}


def resolve(path: str) -> object:
    """A module, or something in one."""
    try:
        return import_module(path)
    except ModuleNotFoundError:
        return import_string(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names__can_be_imported(page: Path) -> None:
    with_extras = tuple(path.rpartition(".")[0] for path in WITH_EXTRAS.values())
    for path in named_in(page.read_text()):
        assert path.startswith(with_extras) or resolve(path) is not None


def test_pages_are_read() -> None:
    named = set().union(*(named_in(page.read_text()) for page in PAGES))
    assert {
        "django_share_analytics.track_share",
        "django_share_analytics.stats.share_stats",
        "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher",
    } <= named


@pytest.mark.parametrize("module", PROMISED)
def test_what_is_promised__can_be_imported(module: str) -> None:
    where = import_module(".".join(filter(None, ["django_share_analytics", module])))
    assert [name for name in PROMISED[module].split() if not hasattr(where, name)] == []


@pytest.mark.parametrize("extra", WITH_EXTRAS)
def test_what_needs_an_extra__can_be_imported(extra: str) -> None:
    pytest.importorskip(extra)
    assert isinstance(import_string(WITH_EXTRAS[extra]), type)
