"""With ``PUBLIC_APPS``, nothing that is answered tells a draft from an app that isn't there."""

from __future__ import annotations

import json

import pytest

from django_share_analytics import outcomes
from django_share_analytics.dispatch.handler import UNDER_TESTS, dispatchers
from django_share_analytics.events import new_id
from django_share_analytics.models import Share

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BACKENDS = "django_share_analytics.dispatch.backends"
DISPATCHERS = {
    "immediate": f"{BACKENDS}.immediate.ImmediateDispatcher",
    "under tests": UNDER_TESTS,
    "tasks": f"{BACKENDS}.tasks.TasksDispatcher",  # which run at once, as Django has it by default
    "memory": "django_share_analytics.testing.MemoryDispatcher",
}


@pytest.fixture(params=DISPATCHERS)
def dispatch(request, settings, require):
    if request.param == "tasks":
        require(settings.HAS_TASKS_DB, "no tasks framework is installed")
    settings.SHARE_ANALYTICS = {
        "DISPATCHERS": {"default": {"BACKEND": DISPATCHERS[request.param]}},
        "PUBLIC_APPS": "tests.public_apps.named_public",
    }


@pytest.fixture
def keys(make_app, unknown_key):
    return {
        "public": make_app("Public").pk,
        "draft": make_app("Draft").pk,
        "unknown": unknown_key,
    }


@pytest.fixture
def post(client):
    def post(key, **values):
        given = {"appId": key if isinstance(key, int) else str(key), "platform": "copy", **values}
        return client.post("/api/shares", json.dumps(given), "application/json")

    return post


def said(response, share_id):
    """All that a stranger sees, without the id that they gave."""
    headers = {name.lower(): value for name, value in response.items()}
    return response.status_code, headers, response.content.replace(str(share_id).encode(), b"ID")


def test_share__of_a_draft_is_answered_as_that_of_nothing(dispatch, post, keys):
    answers = {}
    for name, key in keys.items():
        share_id = new_id()
        # Twice: a share that was stored would be a duplicate the second time.
        answers[name] = [said(post(key, id=str(share_id)), share_id) for _ in "12"]
    assert answers["draft"] == answers["unknown"] == answers["public"]
    assert answers["draft"][0][0] == 202


def test_share__that_came_before_as_one_of_another_app(dispatch, post, keys):
    share_id = new_id()
    post(keys["public"], id=str(share_id))
    answers = [said(post(key, id=str(share_id)), share_id) for key in keys.values()]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("reason", sorted(outcomes.FOUND_IN_WRITING))
def test_reason__that_was_found_in_the_database(dispatch, reason, post, keys, monkeypatch):
    monkeypatch.setattr(dispatchers, "submit", lambda event: reason)
    assert "Share-Filtered" not in post(keys["draft"])


def test_reason__of_a_dispatcher_that_looked_nothing_up(dispatch, post, keys, monkeypatch):
    monkeypatch.setattr(dispatchers, "submit", lambda event: "bot")
    assert post(keys["draft"])["Share-Filtered"] == "bot"


def test_counts__of_a_draft_are_those_of_nothing(client, dispatch, post, keys):
    for key in keys.values():
        post(key)
    for _ in "12":  # the second time from what was kept, if anything was
        answers = [
            (said(client.get(f"/api/apps/{keys[name]}/share-count"), keys[name]))
            for name in ("draft", "unknown")
        ]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        listed = [
            said(client.get("/api/apps/share-counts", {"id": keys[name]}), keys[name])
            for name in ("draft", "unknown")
        ]
        assert listed[0] == listed[1]


@pytest.mark.parametrize("dispatch", [*DISPATCHERS][:3], indirect=True)
def test_share__of_a_draft_is_recorded_all_the_same(dispatch, post, keys):
    for key in keys.values():
        post(key)
    assert set(Share.objects.values_list("app", flat=True)) == {keys["public"], keys["draft"]}


def test_share__without_the_setting_is_told_what_became_of_it(post, keys):
    share_id = str(new_id())
    post(keys["draft"], id=share_id)
    assert post(keys["draft"], id=share_id)["Share-Filtered"] == "duplicate"
    assert post(keys["unknown"])["Share-Filtered"] == "unknown_app"
