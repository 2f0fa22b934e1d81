"""From a tap to what became of it, over HTTP and into the database."""

from __future__ import annotations

import json
import uuid
from collections import Counter

import pytest

from django_share_analytics import track_conversion
from django_share_analytics.events import new_id
from django_share_analytics.links.addresses import link_of
from django_share_analytics.links.codes import code_of
from django_share_analytics.models import Share
from django_share_analytics.models.steps import LinkStep, WaitingStep
from tests.factories import outcomes
from tests.redirects.conftest import AS_A_BROWSER

pytestmark = pytest.mark.django_db

SHARER, FRIEND = 1, 2


@pytest.fixture(autouse=True)
def _goals(settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "GOALS": {"signup": True}}


@pytest.fixture
def come(monkeypatch):
    """Whoever asks from now on is this visitor."""

    def come(visitor):
        for module in ("links.accepting", "api.track", "api.visits", "conversions"):
            path = f"django_share_analytics.{module}.visitor_of"
            monkeypatch.setattr(path, lambda request: visitor)

    return come


@pytest.fixture
def post(client, app):
    def post(call, **values):
        body = {"appId": app.pk if isinstance(app.pk, int) else str(app.pk), **values}
        return client.post(f"/api/shares{call}", json.dumps(body), "application/json")

    return post


def steps_of(share_id):
    return dict(Counter(LinkStep.objects.filter(share_id=share_id).values_list("kind", flat=True)))


def test_share__and_what_became_of_it(come, post, ask, app, rf):
    come(SHARER)
    answer = post("", platform="whatsapp").json()
    share_id = uuid.UUID(answer["id"])
    code = code_of(share_id)
    ask(answer["link"], user_agent="WhatsApp/2.23.20.0")
    come(FRIEND)
    for _ in range(3):
        assert ask(answer["link"]).status_code == 302
        assert post(f"/{code}/visits").status_code == 202
    assert post(f"/{code}/conversions", goal="signup").status_code == 202
    child = post("", platform="copy", via=code).json()["id"]
    assert steps_of(share_id) == {
        "preview": 1, "click": 1, "visit": 1, "reached": 1, "conversion": 1, "reshare": 1,
        "forwarded": 1,
    }  # fmt: skip
    come(SHARER)
    assert track_conversion(rf.get("/"), "signup", via=child).accepted
    assert steps_of(child) == {"conversion": 1}
    assert set(outcomes()) <= {"duplicate"}


def test_visit__without_its_click_brings_it_along(come, post, app):
    share_id = post("", platform="whatsapp").json()["id"]
    come(FRIEND)
    post(f"/{code_of(uuid.UUID(share_id))}/visits")
    assert steps_of(share_id) == {"click": 1, "visit": 1, "reached": 1}


def test_share__and_the_sharers_own_steps(come, post, ask):
    come(SHARER)
    answer = post("", platform="whatsapp").json()
    ask(answer["link"])
    assert post(f"/{code_of(uuid.UUID(answer['id']))}/visits").status_code == 202
    assert steps_of(answer["id"]) == {}
    assert outcomes() == {"own": 2}


def test_link__of_a_robot_is_an_outcome(post, ask):
    answer = post("", platform="whatsapp").json()
    ask(answer["link"], user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    assert steps_of(answer["id"]) == {}
    assert outcomes() == {"bot": 1}


def test_link__before_its_share_is_recorded(come, post, ask, app):
    come(FRIEND)
    share_id = new_id()
    assert ask(link_of(share_id, app.pk)).status_code == 302
    assert WaitingStep.objects.count() == 1
    come(SHARER)
    post("", platform="whatsapp", id=str(share_id))
    assert steps_of(share_id) == {"click": 1}
    assert not WaitingStep.objects.exists()


def test_link__after_its_share_is_gone(come, post, ask):
    come(FRIEND)
    answer = post("", platform="whatsapp").json()
    Share.objects.all().delete()
    assert ask(answer["link"]).status_code == 302


def test_previews__as_x_makes_them(come, post, ask, client):
    """One GET as a robot, and three HEADs as browsers."""
    answer = post("", platform="x").json()
    ask(answer["link"], user_agent="Twitterbot/1.0")
    for _ in range(3):
        client.head(answer["link"], headers=AS_A_BROWSER)
    assert steps_of(answer["id"]) == {"preview": 1}
    assert LinkStep.objects.get().detail == "twitter"
