"""The parameters of what staff ask for: known ones by every spelling, unknown ones refused."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import django_filters
import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import include, path, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.api.export import ShareExportView
from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.api.permissions import StaffView
from django_share_analytics.api.views import ShareListView
from django_share_analytics.conf import get_app_model
from django_share_analytics.models import Share
from django_share_analytics.stats import (
    changes_of_apps,
    daily_of_apps,
    hour_of_week,
    make_period,
    share_stats,
)
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event

pytestmark = pytest.mark.django_db

DAYS = {"from": "2026-03-09", "to": "2026-03-11"}
CALLS = {
    "list": ("/api/admin/shares", {}),
    "export": ("/api/admin/shares/export", {}),
    "stats": ("/api/admin/shares/stats", DAYS),
    "stats export": ("/api/admin/shares/stats/export", {"table": "daily", **DAYS}),
}
SPELLINGS = ["twitter", "x", "X", " Twitter "]


@pytest.fixture
def shares(app):
    write_shares([event(app, name) for name in ("twitter", "twitter", "whatsapp")])


@pytest.fixture(params=CALLS)
def call(request, admin_client):
    address, usual = CALLS[request.param]

    def call(**parameters):
        query = urlencode({**usual, **parameters}, doseq=True, errors="surrogatepass")
        return admin_client.get(f"{address}?{query}")

    return call


def counted(response):
    """How many shares an answer is about, whichever call it is of."""
    assert response.status_code == 200, response.content
    if response.streaming:
        rows = [row.split(",") for row in b"".join(response).decode().splitlines()][1:]
        is_table = bool(rows) and len(rows[0]) == 2
        return sum(int(row[1]) for row in rows) if is_table else len(rows)
    body = response.json()
    return body["totalShares"] if "totalShares" in body else len(body["results"])


@pytest.mark.once
@pytest.mark.parametrize("name", ["foo", "Platform", "app_id", "appId", "user_id", "format", ""])
def test_unknown_parameter(name, call, shares):
    response = call(**{name: "1"})
    assert response.status_code == 400
    assert response.json() == {name: ["Unknown parameter."]}
    assert call(**{name: ""}).status_code == 400


@pytest.mark.once
def test_unknown_parameters__all_are_named(call):
    assert list(call(b="1", a=["1", "2"], **{"\x00": "1"}).json()) == ["\x00", "a", "b"]


@pytest.mark.once
@pytest.mark.parametrize("name", ["limit", "days", "table", "cursor", "user", "session"])
def test_parameter__of_another_call(name, call, shares):
    """``days`` would look as if the list were of these days."""
    path = call().request["PATH_INFO"]
    known = {
        "/api/admin/shares": {"limit", "cursor", "user", "session"},
        "/api/admin/shares/export": {"limit", "cursor", "user", "session"},
        "/api/admin/shares/stats": {"limit", "days"},
        "/api/admin/shares/stats/export": {"days", "table"},
    }[path]
    is_unknown = call(**{name: ""}).json() if name not in known else {}
    assert is_unknown == ({} if name in known else {name: ["Unknown parameter."]})


@pytest.mark.once
@pytest.mark.parametrize("name", ["limit", "cursor", "app", "platform", "user", "session", "days"])
def test_empty_parameter__is_as_one_that_is_absent(name, call, shares):
    response = call(**{name: ""})
    if response.status_code == 200:
        assert counted(response) == counted(call()) == 3
    else:
        assert response.json() == {name: ["Unknown parameter."]}


def test_unknown_parameter__of_a_stranger_is_none_of_their_business(client):
    assert client.get("/api/admin/shares?foo=1").status_code in {401, 403}


def test_unknown_parameter__of_a_head(admin_client):
    assert admin_client.head("/api/admin/shares?foo=1").status_code == 400


def test_unknown_parameter__of_the_public_calls_does_no_harm(client, app):
    """Whoever wants past a cache adds one, and so do trackers of clicks."""
    assert client.get(f"/api/apps/{app.pk}/share-count?_=7").status_code == 200
    assert client.get("/api/apps/share-counts", {"id": app.pk, "_": 7}).status_code == 200


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_platform__by_any_spelling(spelling, call, shares):
    assert counted(call(platform=spelling)) == 2


@pytest.mark.parametrize("spelling", ["myspace", "twit", "t" * 51, "\u0634", "%"])
def test_platform__that_there_is_not(spelling, call, shares):
    """Statistics say so. A list says what it finds."""
    response = call(platform=spelling)
    if "stats" in response.request["PATH_INFO"]:
        assert (response.status_code, list(response.json())) == (400, ["platform"])
    else:
        assert counted(response) == 0


def test_platform__that_can_not_be_one(call, shares):
    response = call(platform="a\x00")
    assert (response.status_code, list(response.json())) == (400, ["platform"])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_platform__in_python(spelling, app, shares):
    period = make_period(start=NOON.date(), end=NOON.date(), now=NOON)
    assert share_stats(start=NOON.date(), end=NOON.date(), platform=spelling).total == 2
    assert Share.objects.on_platform(spelling).count() == 2
    assert sum(map(sum, hour_of_week(period, platform=spelling))) == 2
    days = daily_of_apps([app.pk], period, platform=spelling)
    assert days[app.pk] == [2]
    changes = changes_of_apps([app.pk], period, platform=spelling, now=NOON + timedelta(days=2))
    assert changes[app.pk].compared_total == 2


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_platform__in_the_admin(spelling, admin_client, shares):
    address = reverse("admin:share_analytics_share_changelist")
    page = admin_client.get(address, {"platform": spelling, **DAYS})
    assert page.context_data["cl"].result_count == 2
    (chosen,) = [
        choice
        for spec in page.context_data["cl"].filter_specs
        if getattr(spec, "parameter_name", "") == "platform"
        for choice in spec.choices(page.context_data["cl"])
        if choice["selected"]
    ]
    assert str(chosen["display"]) == "X"
    file = admin_client.get(f"{address}export/", {"platform": spelling, **DAYS})
    assert len(b"".join(file).decode().strip().splitlines()) == 3


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_platform__of_the_command(spelling, shares, capsys):
    call_command("export_shares", platform=spelling, verbosity=0)
    assert len(capsys.readouterr().out.strip().splitlines()) == 3


class TestRetired:
    """A platform that the setting has no more, and whose shares were pruned: its counts stay."""

    @pytest.fixture(autouse=True)
    def _history(self, app):
        write_shares([event(app, "myspace"), event(app, "myspace"), event(app, "copy")])

    @pytest.fixture(params=[False, True], ids=["with its shares", "pruned"])
    def is_pruned(self, request):
        if request.param:
            prune((NOON + timedelta(days=1)).date())
        return request.param

    def test_staff_api(self, is_pruned, call):
        response = call(platform="myspace")
        assert response.status_code == 200
        is_of_rows = "stats" not in response.request["PATH_INFO"]
        assert response.streaming or counted(response) == (0 if is_pruned and is_of_rows else 2)

    def test_statistics_page(self, is_pruned, admin_client):
        address = reverse("admin:share_analytics_sharestatistics_changelist")
        page = admin_client.get(address, {"platform": "myspace", **DAYS})
        assert page.context_data["form"].errors == {}
        assert page.context_data["question"].platform == "myspace"

    def test_list(self, is_pruned, admin_client):
        address = reverse("admin:share_analytics_share_changelist")
        page = admin_client.get(address, {"platform": "myspace", **DAYS})
        assert page.context_data["cl"].result_count == (0 if is_pruned else 2)


class SubclassFilters(ShareFilterSet):
    day = django_filters.DateFromToRangeFilter("timestamp")
    platforms = django_filters.MultipleChoiceFilter(
        field_name="platform", choices=[("copy", "Copy"), ("twitter", "X")]
    )
    agent = django_filters.CharFilter("user_agent", "icontains")


def test_parameter__that_a_host_logs_in_with(call, shares, monkeypatch):
    monkeypatch.setattr(StaffView, "more_parameters", frozenset({"token"}))
    assert counted(call(token="s")) == 3
    assert call(token="s", tokens="s").json() == {"tokens": ["Unknown parameter."]}


def apps_of(request):
    assert request.user.is_staff
    return get_app_model()._base_manager.all()


class FiltersOfTheRequest(ShareFilterSet):
    one = django_filters.ModelChoiceFilter(field_name="app", queryset=apps_of)


class SubclassList(ShareListView):
    filterset_class = SubclassFilters


class SubclassExport(ShareExportView):
    filterset_class = SubclassFilters

    def known_parameters(self):
        return super().known_parameters() | {"theme"}


urlpatterns = [
    path("api/admin/shares", SubclassList.as_view()),
    path("api/admin/shares/export", SubclassExport.as_view()),
    path("api/", include("django_share_analytics.urls")),
    *__import__("tests.urls", fromlist=["urlpatterns"]).urlpatterns,
]


@pytest.mark.parametrize("name", ["list", "export"])
@override_settings(ROOT_URLCONF=__name__)
def test_filters__of_a_hosts_subclass(name, admin_client, shares):
    address, _ = CALLS[name]
    assert counted(admin_client.get(address, {"platforms": ["twitter", "copy"]})) == 2
    assert counted(admin_client.get(address, {"day_after": "2026-03-10", "agent": ""})) == 3
    assert counted(admin_client.get(address, {"platform": "wa", "limit": 7})) == 1
    for wrong in ("day", "day_min", "agents", "platforms_0"):
        assert admin_client.get(address, {wrong: "1"}).status_code == 400
    theme = admin_client.get(address, {"theme": "dark"})
    assert theme.status_code == (200 if name == "export" else 400)


@pytest.mark.parametrize("name", ["list", "export"])
def test_filters__of_a_host_may_ask_who_asks(name, admin_client, shares, monkeypatch):
    for view in (SubclassList, SubclassExport):
        monkeypatch.setattr(view, "filterset_class", FiltersOfTheRequest)
    address, _ = CALLS[name]
    with override_settings(ROOT_URLCONF=__name__):
        assert counted(admin_client.get(address, {"one": Share.objects.first().app_id})) > 0


@pytest.mark.parametrize("day", ["20260310", "2026-W11-2", "2026W112", "2026-069", "10.3.2026"])
@pytest.mark.parametrize("name", CALLS)
def test_days__are_written_in_one_way(name, day, admin_client):
    address, fixed = CALLS[name]
    answer = admin_client.get(address, {**fixed, "from": day, "to": "2026-03-11"})
    assert answer.status_code == 400
    assert list(answer.json()) == ["from"]


KNOWN = ["app", "platform", "user", "session", "from", "to", "days", "limit", "cursor", "table"]
HOSTILE = [
    *("\x00", "(", "(a+)+$", "9" * 19, "9" * 40, "9" * 5_000, "-1", "1e309", "nan", "\u0665"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "x" * 2_000, "\ud800", "%", "'", "None", "[]"),
    *("0190a0a0-0000-7000-8000-000000000001", "bzAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDB8", "daily"),
]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(KNOWN) | st.text(max_size=6),
            st.sampled_from(HOSTILE) | st.text(max_size=12) | st.integers().map(str),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_is_asked_for(query, call, admin_client):
    address = call().request["PATH_INFO"]
    admin_client.raise_request_exception = False
    response = admin_client.get(f"{address}?{urlencode(query, errors='surrogatepass')}")
    assert response.status_code in {200, 400}
    assert b"".join(response)


@pytest.mark.slow
@pytest.mark.parametrize("value", HOSTILE)
def test_every_parameter__of_every_call(value, call):
    for name in KNOWN:
        response = call(**{name: value})
        assert response.status_code in {200, 400}, name
        assert b"".join(response), name
