"""Robots count as nobody, and nobody is taken for a robot: by what is posted, as it is posted."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from django_share_analytics import outcomes, track_share
from django_share_analytics.events import new_id
from django_share_analytics.gates.bots import refuse_robots
from django_share_analytics.links.accepting import seen
from django_share_analytics.models import OutcomeHour, Share
from django_share_analytics.steps import CLICK, PREVIEW
from tests.links import known_agents as known

pytestmark = pytest.mark.django_db

GOOGLEBOT = known.ROBOTS[0]
PEOPLE = [*known.BROWSERS, *(name for name, _ in known.IN_APPS), *known.OTHERS]
MACHINES = [*known.ROBOTS, *(name for name, _ in known.FETCHERS)]


@pytest.fixture
def post(client, app):
    def post(user_agent):
        body = {"appId": str(app.pk), "platform": "x"}
        return client.post(
            "/api/shares", body, content_type="application/json", HTTP_USER_AGENT=user_agent
        )

    return post


@pytest.fixture
def are_refused(post):
    def are_refused(names):
        return {name for name in names if "Share-Filtered" in post(name)}

    return are_refused


def test_tables__have_enough_of_either():
    assert len(set(PEOPLE)) > 120
    assert len(set(MACHINES)) > 80


@pytest.mark.once
def test_people__all_count(crawler_names, are_refused):
    """By browsers of all ages, in apps of networks, and in apps by libraries."""
    assert are_refused(PEOPLE) == set()
    assert Share.objects.count() == len(PEOPLE)


@pytest.mark.once
def test_robots__none_counts(crawler_names, are_refused):
    """Nor do fetchers of networks, which run no script and have nothing to share."""
    assert set(MACHINES) - are_refused(MACHINES) == set()
    assert not Share.objects.exists()


@pytest.mark.parametrize("crawler_names", ["with the package"], indirect=True)
def test_robots__that_the_package_knows(crawler_names, are_refused):
    names = set(known.ROBOTS_OF_THE_PACKAGE)
    assert are_refused(names) == names


def test_robot__is_told_why_and_is_counted_as_one(post):
    answer = post(GOOGLEBOT)
    assert (answer.status_code, answer["Share-Filtered"]) == (202, outcomes.BOT)
    assert list(OutcomeHour.objects.values_list("reason", "n")) == [("bot", 1)]


@pytest.mark.parametrize("name", ["", "  "])
def test_no_name__is_what_the_setting_says(post, configure, name):
    assert "Share-Filtered" not in post(name)
    configure(EMPTY_USER_AGENT="refuse")
    assert post(name)["Share-Filtered"] == outcomes.BOT
    assert "Share-Filtered" not in post("okhttp/4.12.0")


def test_no_name_at_all__is_an_empty_one(app, configure):
    configure(EMPTY_USER_AGENT="refuse")
    request = RequestFactory().post("/")
    assert track_share(app, "x", request=request).reason == outcomes.BOT
    assert track_share(app, "x").accepted, "no request, so no robot's"


@pytest.mark.parametrize(("kind", "reason"), [(PREVIEW, None), (CLICK, outcomes.BOT)])
def test_fetcher__may_fetch_a_link_and_do_no_more(kind, reason):
    request = RequestFactory().get("/s/", headers={"user-agent": "WhatsApp/2.23.20.0 A"})
    assert refuse_robots(seen(request, new_id(), kind, 1), request) == reason
