"""What gates may say, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import RequestFactory

from django_share_analytics import outcomes, track_share
from django_share_analytics.events import new_id
from django_share_analytics.exceptions import Throttled
from django_share_analytics.models import OutcomeHour, Share

pytestmark = pytest.mark.django_db

HERE = "tests.gates.test_chain"
CALLS: list[str] = []


def let_pass(event, request):
    CALLS.append("let_pass")


def refuse(event, request):
    return "too_loud" if event.session_id == "loud" else None


def forget_the_session(event, request):
    return replace(event, session_id="")


def throttle(event, request):
    raise Throttled(6.2)


def fail(event, request):
    raise RuntimeError("a gate of the host's")


def say_nonsense(event, request):
    return "no such\r\nreason"


def change_the_id(event, request):
    return replace(event, id=new_id())


def want_a_request(event, request):
    return None if request is None else "by_request"


@pytest.fixture
def post(client, app):
    def post(**values):
        body = {"appId": app.pk, "platform": "x", **values}
        return client.post("/api/shares", body, content_type="application/json")

    return post


def test_gates__are_called_in_their_order(configure, post):
    configure(GATES=[f"{HERE}.forget_the_session", f"{HERE}.refuse"])
    assert "Share-Filtered" not in post(sessionId="loud")
    configure(GATES=[f"{HERE}.refuse", f"{HERE}.forget_the_session"])
    assert post(sessionId="loud")["Share-Filtered"] == "too_loud"
    post(sessionId="quiet")
    assert list(Share.objects.values_list("session_id", flat=True)) == ["", ""]


def test_reason__is_counted_and_nothing_stored(configure, post):
    configure(GATES=[f"{HERE}.refuse", f"{HERE}.let_pass"])
    CALLS.clear()
    answer = post(sessionId="loud")
    assert (answer.status_code, set(answer.json())) == (202, {"id"})
    assert list(OutcomeHour.objects.values_list("reason", "n")) == [("too_loud", 1)]
    assert not Share.objects.exists()
    assert CALLS == []


def test_throttled__is_429_that_says_when(configure, post):
    configure(GATES=[f"{HERE}.throttle"])
    answer = post()
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    assert list(OutcomeHour.objects.values_list("reason", "n")) == [("limited", 1)]


@pytest.mark.parametrize("gate", [fail, say_nonsense, change_the_id])
def test_gate__that_fails_is_503_and_breaks_no_page(gate, configure, post, app):
    """What it would have taken away is not known: nothing is recorded."""
    configure(GATES=[f"{HERE}.{gate.__name__}"])
    assert post().status_code == 503
    assert track_share(app, "x").reason == outcomes.UNAVAILABLE
    assert not Share.objects.exists()


def test_gate__that_is_not_there(configure, post, app):
    configure(GATES=[f"{HERE}.nothing_of_the_kind"])
    assert post().status_code == 503
    assert track_share(app, "x").reason == outcomes.UNAVAILABLE


def test_track_share__passes_gates_with_the_request_or_without(configure, app):
    configure(GATES=[f"{HERE}.want_a_request"])
    assert track_share(app, "x").accepted
    request = RequestFactory().post("/")
    assert track_share(app, "x", request=request).reason == "by_request"
    configure(GATES=[f"{HERE}.throttle"])
    assert track_share(app, "x").reason == outcomes.LIMITED


def test_no_gates__everything_is_accepted(configure, post):
    configure(GATES=[])
    assert "Share-Filtered" not in post()
