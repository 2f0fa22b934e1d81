"""What all calls that take something have in common."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from django.apps import apps
from rest_framework.schemas.generators import EndpointEnumerator

from django_share_analytics.api.track import TrackShareView
from django_share_analytics.urls import urlpatterns

pytestmark = pytest.mark.once

READ = {"ShareCountView", "ShareCountsView", "ShareListView", "ShareStatsView"}


def found_by_others() -> set[str]:
    """The calls that programs find which look for views of DRF."""
    endpoints = EndpointEnumerator(patterns=urlpatterns).get_api_endpoints()
    return {callback.cls.__name__ for _path, _method, callback in endpoints}


@pytest.mark.skipif(not find_spec("drf_spectacular"), reason="drf-spectacular is not installed")
def test_as_view__is_found_where_the_host_has_drf_spectacular() -> None:
    assert found_by_others() >= {"TrackShareView", "VisitView", *READ}


def test_as_view__is_no_view_of_drf_for_anybody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    assert not hasattr(TrackShareView.as_view(), "cls")
