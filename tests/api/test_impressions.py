"""``POST shares/impressions``: which placements came into sight."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from django_share_analytics.models import Impression, ImpressionDay
from django_share_analytics.testing import capture_shares

pytestmark = pytest.mark.django_db

ID = "0190a0a0-0000-7000-8000-000000000001"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36"
)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.ROOT_URLCONF = "tests.redirects.urls"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PLACEMENTS": ["top", "end"],
        "IMPRESSION_SAMPLE": 20,
    }


@pytest.fixture
def configure(settings):
    def configure(**changed):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **changed}

    return configure


@pytest.fixture
def post(client):
    def post(placements=("top",), *, user_agent=PHONE, headers=None, **values):
        body = json.dumps({"placements": placements, **values})
        headers = {"user-agent": user_agent, **(headers or {})}
        return client.post(
            "/api/shares/impressions", body, content_type="application/json", headers=headers
        )

    return post


def test_what_came_into_sight__with_the_sample_of_the_moment(post):
    with capture_shares() as captured:
        response = post(["top", "end", "top"], id=ID)
    assert (response.status_code, response.json()) == (202, {})
    (event,) = captured.impressions
    assert (event.id, event.placements, event.weight) == (UUID(ID), ("top", "end"), 20)


def test_what_came_into_sight__is_stored_once(post):
    for _ in range(2):
        assert post(["top"], id=ID).status_code == 202
    assert ImpressionDay.objects.get().n == 20
    assert Impression.objects.get().pk == UUID(ID)


@pytest.mark.parametrize("sample", [20, "20", None])
def test_of_the_same_sample__it_counts(sample, post):
    assert post(sample=sample).status_code == 202
    assert ImpressionDay.objects.get().n == 20


def test_of_a_page_that_knew_another_sample__nothing(configure, post):
    """It would count for more than it stands for, or less."""
    configure(IMPRESSION_SAMPLE=10)
    response = post(sample=20)
    assert (response.status_code, list(response.json())) == (400, ["sample"])
    assert not ImpressionDay.objects.exists()


@pytest.mark.parametrize("other", ["gone", "", None, ["end"], {}, 5])
def test_beside_a_placement_that_is_gone__the_others_count(other, post):
    assert post(["top", other]).status_code == 202
    assert ImpressionDay.objects.get().placement == "top"


def test_without_an_id__each_counts(post):
    for id in ({}, {"id": None}):
        post(**id)
    assert ImpressionDay.objects.get().n == 40


def test_of_somebody_who_is_not_to_be_tracked__it_counts_as_any(post):
    """Nothing of a person is in it."""
    post(headers={"sec-gpc": "1", "dnt": "1"})
    assert ImpressionDay.objects.get().n == 20


def test_of_a_robot__nothing(post):
    assert post(user_agent=ROBOT)["Share-Filtered"] == "bot"
    assert not ImpressionDay.objects.exists()


def test_no_query(post, django_assert_num_queries):
    with capture_shares(), django_assert_num_queries(0):
        post()


@pytest.mark.parametrize(
    "off", [{"IMPRESSION_SAMPLE": 0}, {"PLACEMENTS": []}], ids=["sample", "placements"]
)
def test_where_nothing_is_measured__there_is_no_such_call(off, configure, post):
    configure(**off)
    assert post().status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"placements": []}, "placements"),
        ({"placements": "top"}, "placements"),
        ({"placements": ["gone", "made-up"]}, "placements"),
        ({"placements": [["top"]]}, "placements"),
        ({"placements": None}, "placements"),
        ({"id": "x"}, "id"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "id"),
        ({"weight": 5}, "weight"),
        ({"sample": 10}, "sample"),
        ({"sample": "many"}, "sample"),
        ({"sample": [20]}, "sample"),
    ],
)
def test_what_is_no_impression__is_refused(values, field, post):
    response = post(**values)
    assert (response.status_code, list(response.json())) == (400, [field])


def test_get__is_not_allowed(client):
    assert client.get("/api/shares/impressions").status_code == 405
