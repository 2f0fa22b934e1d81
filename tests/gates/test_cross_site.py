"""What pages of other sites send is not counted, and what is nobody's page is."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory

from django_share_analytics import outcomes, track_conversion, track_share
from django_share_analytics.events import new_id
from django_share_analytics.gates.cross_site import refuse_other_sites
from django_share_analytics.links.accepting import seen
from django_share_analytics.links.codes import code_of
from django_share_analytics.models import OutcomeHour, Share
from django_share_analytics.steps import CLICK

pytestmark = pytest.mark.django_db

ELSEWHERE = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


@pytest.fixture
def post(client, app):
    def post(path="/api/shares", body=None, **headers):
        body = body or {"appId": str(app.pk), "platform": "x"}
        # Browsers ask nobody before they send text.
        return client.post(path, json.dumps(body), "text/plain", headers=headers)

    return post


@pytest.fixture
def elsewhere(rf):
    return rf.post("/back-from-the-bank", headers=ELSEWHERE)


@pytest.fixture
def _all_calls(configure):
    configure(GOALS={"signup": True}, PLACEMENTS=["top"], IMPRESSION_SAMPLE=1)


@pytest.mark.usefixtures("_all_calls")
@pytest.mark.urls("tests.redirects.urls")
@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("", {"platform": "x", "appId": "1"}),
        ("/{}/visits", {"appId": "1"}),
        ("/{}/conversions", {"goal": "signup"}),
        ("/impressions", {"placements": ["top"]}),
    ],
)
def test_other_sites__count_nothing(post, app, call, body):
    if "appId" in body:
        body = {**body, "appId": str(app.pk)}
    answer = post(f"/api/shares{call}".format(code_of(new_id())), body, **ELSEWHERE)
    assert (answer.status_code, answer["Share-Filtered"]) == (202, outcomes.CROSS_SITE)
    assert list(OutcomeHour.objects.values_list("reason", "n")) == [("cross_site", 1)]
    assert not Share.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"origin": "http://testserver"}])
def test_own_pages_and_apps__count(post, headers):
    assert "Share-Filtered" not in post(**headers)
    assert Share.objects.count() == 1


def test_other_sites__count_where_that_is_wanted(post, configure):
    configure(CROSS_SITE="count")
    assert "Share-Filtered" not in post(**ELSEWHERE)


def test_other_sites__count_where_the_site_lets_them_in(post, settings):
    settings.CSRF_TRUSTED_ORIGINS = [ELSEWHERE["origin"]]
    assert "Share-Filtered" not in post(**ELSEWHERE)


def test_hosts_own_view__is_no_way_round(app, elsewhere):
    assert track_share(app, "x", request=elsewhere).reason == outcomes.CROSS_SITE
    assert track_share(app, "x").accepted


def test_conversion__that_the_host_knows_of_comes_from_anywhere(configure, elsewhere):
    """The bank's page posts to the shop that the order is paid."""
    configure(GOALS={"purchase": False})
    assert track_conversion(elsewhere, "purchase", via=new_id(), key=7).accepted


def test_click__is_on_another_site_by_nature():
    request = RequestFactory().get("/s/", headers=ELSEWHERE)
    assert refuse_other_sites(seen(request, new_id(), CLICK, 1), request) is None
