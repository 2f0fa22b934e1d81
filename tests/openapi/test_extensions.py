"""A project that has drf-spectacular has our calls in its schema, and says nothing for it."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from typing import Any

import django_filters
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import models
from django.test import RequestFactory
from django.urls import URLPattern, include, path

from django_share_analytics.api.export import ShareExportView
from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.api.serializers import ShareSerializer, TrackShareSerializer
from django_share_analytics.api.track import TrackShareView
from django_share_analytics.api.views import ShareCountView, ShareListView, ShareStatsView
from django_share_analytics.urls import urlpatterns as our_patterns

pytest.importorskip("drf_spectacular")

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.validation import validate_schema
from rest_framework import serializers
from rest_framework.authentication import TokenAuthentication
from rest_framework.generics import ListCreateAPIView
from rest_framework.settings import api_settings

pytestmark = [pytest.mark.once, pytest.mark.slow]

OURS = include("django_share_analytics.urls")
CALLS = {
    ("/api/shares", "post"): "share_analytics_track_share",
    ("/api/shares/impressions", "post"): "share_analytics_track_impressions",
    ("/api/shares/{code}/visits", "post"): "share_analytics_track_visit",
    ("/api/shares/{code}/conversions", "post"): "share_analytics_track_conversion",
    ("/api/apps/share-counts", "get"): "share_analytics_share_counts",
    ("/api/apps/{app_id}/share-count", "get"): "share_analytics_share_count",
    ("/api/admin/shares", "get"): "share_analytics_list_shares",
    ("/api/admin/shares/export", "get"): "share_analytics_export_shares",
    ("/api/admin/shares/stats", "get"): "share_analytics_share_stats",
    ("/api/admin/shares/stats/export", "get"): "share_analytics_export_share_stats",
    ("/api/admin/shares/virality", "get"): "share_analytics_share_virality",
}


def schema_of(*patterns: Any, **spectacular: Any) -> dict[str, Any]:
    """The schema of a project with these urls, without a warning."""
    with patched_settings(spectacular):
        schema: dict[str, Any] = SchemaGenerator(patterns=patterns).get_schema(public=True)
        assert not GENERATOR_STATS, GENERATOR_STATS._warn_cache | GENERATOR_STATS._error_cache
        validate_schema(schema)
    return schema


def operations(schema: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {
        (path, method): operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def ids_of(schema: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {place: one["operationId"] for place, one in operations(schema).items()}


def parameters_of(operation: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in operation.get("parameters", [])}


def only(schema: dict[str, Any]) -> Any:
    [operation] = operations(schema).values()
    return operation


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_every_call_is_there(version: str) -> None:
    schema = schema_of(path("api/", OURS), OAS_VERSION=version)
    assert ids_of(schema) == CALLS
    assert len(our_patterns) == len(CALLS)


def test_names_that_generated_clients_have() -> None:
    """Whoever made a client of one release is to find them in the next."""
    schema = schema_of(path("api/", OURS))
    tags = {tag for one in operations(schema).values() for tag in one["tags"]}
    assert tags == {"share_analytics", "share_analytics_staff"}
    names = {name.replace("ShareAnalytics", "") for name in schema["components"]["schemas"]}
    assert names == {
        *("AcceptedShare", "AppTravel", "Cascade", "Comparison", "Conversion", "ConversionForm"),
        *("CycleTime", "Day", "Detail", "Errors", "Hour", "Impressions", "ImpressionsForm"),
        *("Matured", "NewShare", "NewShareForm", "PaginatedShareList", "PlacementTravel"),
        *("Platform", "RankedApp", "Rate", "Rates", "Reach", "RisingApp", "Share", "ShareCount"),
        *("ShareCounts", "Statistics", "Totals", "Travel", "Virality", "Visit", "VisitForm"),
    }


@pytest.mark.parametrize("setting", ["PLACEMENTS", "GOALS"])
def test_names_of_the_projects_settings(setting: str, settings: Any) -> None:
    value: Any = ["top"] if setting == "PLACEMENTS" else {"signup": True, "purchase": False}
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, setting: value}
    schemas = schema_of(path("api/", OURS))["components"]["schemas"]
    name, enum = {"PLACEMENTS": ("Placement", ["top"]), "GOALS": ("Goal", ["signup"])}[setting]
    assert schemas[f"ShareAnalytics{name}"] == {"type": "string", "enum": enum}


def test_an_alias_of_a_platform_is_not_listed(settings: Any) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLATFORMS": ["copy", "twitter"]}
    schemas = schema_of(path("api/", OURS))["components"]["schemas"]
    assert schemas["ShareAnalyticsPlatform"]["enum"] == ["copy", "twitter"]


def test_pages_of_shares() -> None:
    for version, nothing in (
        ("3.0.3", {"nullable": True}),
        ("3.1.0", {"type": ["string", "null"]}),
    ):
        schema = schema_of(path("api/", OURS), OAS_VERSION=version)
        page = schema["components"]["schemas"]["PaginatedShareAnalyticsShareList"]
        assert page["required"] == ["next", "previous", "results"]
        assert nothing.items() <= page["properties"]["next"].items()
        assert page["properties"]["results"]["items"] == {
            "$ref": "#/components/schemas/ShareAnalyticsShare"
        }


def test_forms_have_no_null() -> None:
    schemas = schema_of(path("api/", OURS))["components"]["schemas"]
    of_json, form = schemas["ShareAnalyticsNewShare"], schemas["ShareAnalyticsNewShareForm"]
    assert of_json["properties"].keys() == form["properties"].keys()
    assert of_json["properties"]["id"]["nullable"]
    assert not any("nullable" in one for one in form["properties"].values())


@pytest.mark.parametrize(
    "spectacular",
    [
        {"COMPONENT_SPLIT_REQUEST": True},
        {"ENFORCE_NON_BLANK_FIELDS": True},
        {"CAMELIZE_NAMES": True},
        {"SCHEMA_PATH_PREFIX": "/api", "SCHEMA_PATH_PREFIX_TRIM": True},
        {"SCHEMA_PATH_PREFIX_INSERT": "/gateway"},
        {"OPERATION_ID_METHOD_POSITION": "PRE", "ENUM_GENERATE_CHOICE_DESCRIPTION": False},
        {"SORT_OPERATION_PARAMETERS": False, "SORT_OPERATIONS": False},
        {"PREPROCESSING_HOOKS": ["drf_spectacular.hooks.preprocess_exclude_path_format"]},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_project_may_set_what_it_likes(spectacular: dict[str, Any]) -> None:
    schema = schema_of(path("api/", OURS), **spectacular)
    assert len(operations(schema)) == len(CALLS)


def test_the_command_of_drf_spectacular_finds_nothing_to_warn_of() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_who_has_drf_spectacular_not_installed_imports_nothing_of_it() -> None:
    program = (
        "from tests import settings\n"
        "settings.INSTALLED_APPS.remove('drf_spectacular')\n"
        "import django, sys\n"
        "django.setup()\n"
        "import django_share_analytics.urls\n"
        "print([name for name in sys.modules if 'spectacular' in name or '.openapi' in name])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() in {"[]", "['rest_framework.schemas.openapi']"}


@pytest.mark.parametrize("base", ["rest_framework.schemas.openapi.AutoSchema", "its own"])
def test_schema_class__of_the_project(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours needs none. One that the project made is what ours is made of."""

    class Own(AutoSchema):
        def is_deprecated(self) -> bool:
            return True

    if base == "its own":
        monkeypatch.setattr(api_settings, "DEFAULT_SCHEMA_CLASS", Own)
    found = operations(schema_of(path("api/", OURS))).values()
    assert {one.get("deprecated", False) for one in found} == {base == "its own"}


def test_everything_that_one_sends_is_explained() -> None:
    schema = schema_of(path("api/", OURS))
    sent = [one for each in operations(schema).values() for one in each.get("parameters", [])]
    bodies = ("NewShare", "Visit", "Conversion", "Impressions")
    for name in bodies:
        sent += schema["components"]["schemas"][f"ShareAnalytics{name}"]["properties"].values()
    assert [one for one in sent if not one.get("description")] == []


class TestWhere:
    def test_below_values_that_are_captured(self) -> None:
        schema = schema_of(path("<slug:shop>/api/", OURS))
        share = schema["paths"]["/{shop}/api/shares"]["post"]
        assert share["operationId"] == "share_analytics_track_share"
        assert "shop" in parameters_of(share)

    def test_in_two_places(self, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.openapi.two_places"
        from tests.openapi.two_places import urlpatterns

        found = ids_of(schema_of(*urlpatterns))
        assert found["/en/api/shares", "post"] == "share_analytics_track_share_en_api_shares"
        assert found["/ar/api/shares", "post"] == "share_analytics_track_share_ar_api_shares"

    def test_pages_of_links_are_none_of_an_api(self) -> None:
        links = path("s/", include("django_share_analytics.link_urls"))
        assert set(ids_of(schema_of(path("api/", OURS), links))) == set(CALLS)


@pytest.fixture
def with_views_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What drf-spectacular asks of a project that has some."""
    monkeypatch.setattr(api_settings, "DEFAULT_SCHEMA_CLASS", AutoSchema)


@pytest.mark.usefixtures("with_views_of_its_own")
class TestBesideOthers:
    """A project has shares, visits and platforms of its own."""

    @pytest.fixture
    def theirs(self) -> URLPattern:
        class PhotoShare(models.Model):
            class Meta:
                app_label = "share_analytics"

        class VisitSerializer(serializers.Serializer[Any]):
            platform = serializers.ChoiceField(choices=["ios", "android"])
            window = serializers.ChoiceField(choices=["left", "right"])

        class Shares(ListCreateAPIView[Any]):
            queryset = PhotoShare.objects.none()
            serializer_class = type("ShareSerializer", (VisitSerializer,), {})

        from django.apps import apps

        del apps.all_models["share_analytics"]["photoshare"]
        apps.clear_cache()
        return path("api/shares/", Shares.as_view())

    def test_neither_changes_the_other(self, theirs: URLPattern) -> None:
        alone, together = schema_of(theirs), schema_of(theirs, path("api/", OURS))
        schemas = together["components"]["schemas"]
        assert {name: schemas[name] for name in alone["components"]["schemas"]} == (
            alone["components"]["schemas"]
        )
        assert "Share" in schemas
        assert CALLS.items() <= ids_of(together).items()
        own = set(schemas) - set(alone["components"]["schemas"])
        assert {name for name in own if "ShareAnalytics" not in name} == set()


class TestWhoMayAsk:
    def test_staff_log_in_as_the_project_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ShareListView, "authentication_classes", [TokenAuthentication])
        schema = schema_of(path("api/", OURS))
        shares = schema["paths"]["/api/admin/shares"]["get"]
        assert shares["security"] == [{"tokenAuth": []}]
        assert "share_analytics.view_share`" in shares["description"]

    def test_strangers_need_nothing(self) -> None:
        found = operations(schema_of(path("api/", OURS)))
        strangers = {p: one["security"] for p, one in found.items() if "/admin/" not in p[0]}
        looked_at = {
            place for place, security in strangers.items() if {"cookieAuth": []} in security
        }
        assert looked_at == {("/api/shares", "post"), ("/api/shares/{code}/conversions", "post")}
        assert all({} in security for security in strangers.values())

    def test_who_shares_is_told_as_the_project_says(self, settings: Any) -> None:
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
        }
        share = schema_of(path("api/", OURS))["paths"]["/api/shares"]["post"]
        assert share["security"] == [{"tokenAuth": []}, {}]

    def test_who_sees_what_they_may_call(self) -> None:
        request = RequestFactory().get("/")
        request.user, request.auth = AnonymousUser(), None  # type: ignore[attr-defined]
        schema = SchemaGenerator(patterns=[path("api/", OURS)]).get_schema(request, public=False)
        found = set(ids_of(schema))
        assert found == {place for place in CALLS if "/admin/" not in place[0]}


class TestViewsOfTheProject:
    def test_filters(self) -> None:
        class Filters(ShareFilterSet):
            agent = django_filters.CharFilter("user_agent", "icontains")

        class Shares(ShareListView):
            filterset_class = Filters

        class Export(ShareExportView):
            filterset_class = Filters

        for view in (Shares, Export):
            parameters = parameters_of(only(schema_of(path("ours", view.as_view()))))
            assert {"agent", "app", "from", "session", "to", "user"} <= set(parameters)

    def test_serializer_and_pages(self) -> None:
        class LongShareSerializer(ShareSerializer):
            host = serializers.CharField()

            class Meta(ShareSerializer.Meta):
                fields = (*ShareSerializer.Meta.fields, "host")

        class Shares(ShareListView):
            serializer_class = LongShareSerializer
            pagination_class = None  # type: ignore[assignment]

        schema = schema_of(path("ours", Shares.as_view()))
        assert set(schema["components"]["schemas"]) >= {"LongShare"}
        answer = only(schema)["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer["items"] == {"$ref": "#/components/schemas/LongShare"}
        assert {"cursor", "limit"} & set(parameters_of(only(schema))) == set()

    def test_parameters_that_the_view_names(self) -> None:
        class Stats(ShareStatsView):
            def known_parameters(self) -> set[str]:
                return super().known_parameters() | {"country"}

        parameters = parameters_of(only(schema_of(path("ours", Stats.as_view()))))
        assert set(parameters) == {
            *("app", "country", "days", "from", "limit", "platform", "to"),
        }

    def test_fields_of_a_body(self) -> None:
        class MoreSerializer(TrackShareSerializer):
            country = serializers.CharField(max_length=2)

        class Track(TrackShareView):
            serializer = MoreSerializer()

        schema = schema_of(path("ours", Track.as_view()))
        assert "country" in schema["components"]["schemas"]["More"]["required"]
        assert only(schema)["operationId"] == "ours_create"

    @pytest.mark.usefixtures("with_views_of_its_own")
    @pytest.mark.parametrize("where", ["the class", "its method"])
    def test_what_the_project_says_of_what_it_takes_comes_first(self, where: str) -> None:
        class Track(TrackShareView):
            def post(self, *args: Any, **kwargs: Any) -> Any:
                return super().post(*args, **kwargs)

        says = extend_schema(summary="Ours", tags=["shop"])
        if where == "the class":
            Track = says(Track)  # noqa: N806
        else:
            Track.post = says(Track.post)  # type: ignore[method-assign]
        track = only(schema_of(path("ours", Track.as_view())))
        assert (track["summary"], track["tags"]) == ("Ours", ["shop"])
        assert {"202", "400", "429"} < set(track["responses"])

    @pytest.mark.usefixtures("with_views_of_its_own")
    def test_what_the_project_keeps_to_itself(self) -> None:
        class Nothing(TrackShareView):
            schema = None

        @extend_schema(exclude=True)
        class Excluded(TrackShareView):
            pass

        urls = [path(str(n), one.as_view()) for n, one in enumerate([Nothing, Excluded])]
        assert schema_of(*urls)["paths"] == {}

    def test_another_method_is_the_projects_own(self) -> None:
        class Lists(ShareListView):
            def post(self, *args: Any, **kwargs: Any) -> Any:
                """Put one in."""

        schema = schema_of(path("ours", Lists.as_view()))
        post = schema["paths"]["/ours"]["post"]
        assert post["description"] == "Put one in."
        assert "parameters" not in post
        assert "shares, newest" in schema["paths"]["/ours"]["get"]["summary"].lower()

    @pytest.mark.usefixtures("with_views_of_its_own")
    @pytest.mark.parametrize("where", ["the class", "its method"])
    def test_what_the_project_says_itself_comes_first(self, where: str) -> None:
        class Count(ShareCountView):
            def get(self, *args: Any, **kwargs: Any) -> Any:
                return super().get(*args, **kwargs)

        says = extend_schema(summary="Ours", tags=["shop"])
        if where == "the class":
            Count = says(Count)  # noqa: N806
        else:
            Count.get = says(Count.get)  # type: ignore[method-assign]
        count = only(schema_of(path("<path:app_id>/count", Count.as_view())))
        assert (count["summary"], count["tags"]) == ("Ours", ["shop"])
        assert set(count["responses"]) == {"200", "304", "404"}
