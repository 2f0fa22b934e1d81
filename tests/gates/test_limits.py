"""Whose events count together, and what becomes of those for which there is no room."""

from __future__ import annotations

import math

import pytest
from django.core.cache import caches
from django.test import RequestFactory

from django_share_analytics import outcomes, steps, track_share
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent, new_id
from django_share_analytics.exceptions import Throttled
from django_share_analytics.gates import limits
from django_share_analytics.gates.limits import refuse_too_many
from django_share_analytics.models import OutcomeHour, Share

HERE = "198.51.100.7"


def asking(client=HERE, **headers):
    return RequestFactory().post("/", REMOTE_ADDR=client, headers=headers)


def share(app_id=1):
    return ShareEvent(app_id=app_id, platform="copy")


def step(kind=steps.VISIT, app_id=1):
    return LinkEvent(share_id=new_id(), kind=kind, app_id=app_id)


def let_in(event, request, tries=10):
    """How many of them are."""
    return sum(not _is_refused(event, request) for _ in range(tries))


def _is_refused(event, request):
    try:
        assert refuse_too_many(event, request) is None
    except Throttled:
        return True
    return False


@pytest.fixture
def limit(configure):
    def change(client=None, app=None, **more):
        rates = {"client": client, "client_and_app": app}
        given = {name: [rate] for name, rate in rates.items() if rate}
        configure(LIMITS=given, TRUSTED_PROXIES=0, **more)

    return change


@pytest.mark.once
def test_gate__one_client_counts_for_itself(limit):
    limit(client="4/minute")
    assert let_in(share(), asking()) == 4
    assert let_in(share(), asking("198.51.100.8")) == 4
    assert let_in(share(), asking("2001:db8::1")) == 4
    assert let_in(share(), asking("2001:db8::ffff:1")) == 0, "of the same /64"
    assert let_in(share(), asking("2001:db8:0:1::1")) == 4


@pytest.mark.once
def test_gate__one_app_counts_for_itself(limit):
    limit(client="10/minute", app="4/minute")
    assert let_in(share("a"), asking()) == 4
    assert let_in(share("b"), asking()) == 4
    assert let_in(share("c"), asking()) == 2, "what was refused used nothing up"


@pytest.mark.once
def test_gate__each_kind_counts_for_itself(limit):
    limit(client="3/minute")
    events = [share(), ImpressionEvent(placements=("top",), weight=1)]
    events += [step(kind) for kind in steps.SEEN]
    assert [let_in(event, asking()) for event in events] == [3] * 6


@pytest.mark.once
def test_gate__a_step_of_no_app_has_no_limit_of_one(limit):
    limit(app="3/minute")
    assert let_in(step(steps.CONVERSION, app_id=None), asking()) == 10
    assert let_in(step(steps.CONVERSION), asking()) == 3
    assert let_in(ImpressionEvent(placements=("top",), weight=1), asking()) == 10


@pytest.mark.once
@pytest.mark.parametrize("request_", [None, asking(""), asking("127.0.0.1", X_Forwarded_For="1")])
def test_gate__what_nobody_knows_the_client_of_has_none(request_, configure):
    configure(LIMITS={"client": ["3/minute"]}, TRUSTED_PROXIES=None)
    assert let_in(share(), request_) == 10


@pytest.mark.once
def test_gate__the_client_is_whom_the_proxy_says(configure):
    configure(LIMITS={"client": ["3/minute"]}, TRUSTED_PROXIES=1)
    proxy = "10.0.0.1"
    assert let_in(share(), asking(proxy, X_Forwarded_For="192.0.2.1")) == 3
    assert let_in(share(), asking(proxy, X_Forwarded_For="192.0.2.2")) == 3
    assert let_in(share(), asking(proxy, X_Forwarded_For="192.0.2.9, 192.0.2.1")) == 0


@pytest.mark.once
@pytest.mark.parametrize("off", [{}, None])
def test_gate__off(off, configure):
    configure(LIMITS=off, TRUSTED_PROXIES=0)
    assert let_in(share(), asking(), tries=700) == 700


@pytest.mark.once
def test_gate__off_in_tests_that_say_nothing_of_limits(configure):
    configure(TRUSTED_PROXIES=0)
    assert let_in(share(), asking(), tries=700) == 700


@pytest.mark.once
def test_gate__the_defaults_let_a_class_of_thirty_share_twice(configure):
    from django_share_analytics.conf import DEFAULT_LIMITS

    configure(LIMITS={**DEFAULT_LIMITS}, TRUSTED_PROXIES=0)
    assert let_in(share(), asking(), tries=500) == 60


@pytest.mark.once
def test_gate__says_when_to_come_again(limit):
    limit(client="2/hour")
    assert let_in(share(), asking(), tries=2) == 2
    with pytest.raises(Throttled) as caught:
        refuse_too_many(share(), asking())
    assert 3_598 <= caught.value.retry_after <= 3_600
    assert math.ceil(caught.value.retry_after) == caught.value.retry_after


@pytest.mark.once
def test_gate__knows_no_address(limit):
    limit(client="2/hour", app="2/hour")
    refuse_too_many(share("an-app"), asking())
    kept = repr(limits.own_windows._kept)
    assert HERE not in kept
    assert "an-app" not in kept


@pytest.mark.once
def test_gate__settings_of_another_test_begin_anew(limit):
    limit(client="2/hour")
    assert let_in(share(), asking()) == 2
    limit(client="2/hour")
    assert let_in(share(), asking()) == 2


@pytest.mark.once
def test_shared__counts_where_other_processes_do(limit, settings, tmp_path):
    files = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    settings.CACHES = {**settings.CACHES, "shared": files}
    limit(client="4/minute", LIMITS_CACHE="shared")
    assert let_in(share(), asking(), tries=3) == 3
    limits.own_windows.forget()  # as in another process
    assert let_in(share(), asking()) == 1
    caches["shared"].clear()


@pytest.mark.once
@pytest.mark.parametrize("cache", ["away", "nowhere", "default"])
def test_shared__each_counts_by_itself_where_it_can_not_be(cache, limit, settings):
    away = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
    settings.CACHES = {**settings.CACHES, "away": away}
    limit(client="4/minute", LIMITS_CACHE=cache)
    assert let_in(share(), asking()) == 4


@pytest.mark.django_db
def test_post__is_asked_to_come_again(limit, client, app):
    limit(app="2/minute")
    body = {"appId": str(app.pk), "platform": "copy"}
    sent = [client.post("/api/shares", body, content_type="application/json") for _ in range(4)]
    assert [answer.status_code for answer in sent] == [202, 202, 429, 429]
    assert 1 <= int(sent[2]["Retry-After"]) <= 60
    assert Share.objects.count() == 2
    assert dict(OutcomeHour.objects.values_list("reason", "n")) == {outcomes.LIMITED: 2}


@pytest.mark.django_db
def test_track_share__says_so_and_has_no_limit_without_a_request(limit, app):
    limit(app="1/minute")
    receipts = [track_share(app, "copy", request=asking()) for _ in range(2)]
    assert [receipt.reason for receipt in receipts] == [None, outcomes.LIMITED]
    assert all(track_share(app, "copy").accepted for _ in range(3))
