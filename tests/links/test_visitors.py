"""Who is behind a request: the same for a day, nobody for those who want it, unknown afterwards."""

from __future__ import annotations

import asyncio
import hmac
import os
from datetime import date

import pytest
from django.core.signals import request_started
from django.db import transaction
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.links.secret_reader import secret_reader
from django_share_analytics.links.visitors import expect_visitors, visitor_of
from django_share_analytics.models import DaySecret
from django_share_analytics.places import NOWHERE
from tests.dispatch.conftest import exit_status
from tests.links import known_agents as known
from tests.tenancy import at

PEER = "93.184.216.34"
MAX_BIGINT = 2**63 - 1

pytestmark = pytest.mark.usefixtures("known_visitors")


def request(agent=known.CHROME, peer=PEER, **headers):
    return RequestFactory().get("/", HTTP_USER_AGENT=agent, REMOTE_ADDR=peer, **headers)


@pytest.fixture
def ours(settings):
    def change(**values):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}

    return change


def test_visitor__the_same_for_the_same_client_and_user_agent():
    assert visitor_of(request()) == visitor_of(request()) is not None
    different = {
        visitor_of(request()),
        visitor_of(request(known.FIREFOX)),
        visitor_of(request(peer="93.184.216.35")),
        visitor_of(request(peer="2606:2800:220:1::1")),
        visitor_of(request("")),
        visitor_of(request("Shop/3.2 CFNetwork/1494.0.7 Darwin/23.4.0")),
    }
    assert len(different) == 6
    assert None not in different
    assert visitor_of(request(peer="2606:2800:220:1::2")) in different


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(agent=st.text(), peer=st.ip_addresses().map(str))
def test_visitor__is_what_a_big_integer_holds(agent, peer):
    visitor = visitor_of(request(agent, peer))
    assert visitor is None or 0 <= visitor <= MAX_BIGINT


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_GPC": "1"},
        {"HTTP_DNT": "1"},
        {"peer": ""},
        {"peer": "unix:"},
        {"agent": "WhatsApp/2.23.20.0 A"},
        {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    ],
    ids=str,
)
def test_visitor__nobody(headers):
    assert visitor_of(request(**headers)) is None


def test_visitor__where_the_site_does_not_follow_signals(ours):
    ours(PRIVACY_SIGNALS=False)
    assert visitor_of(request(HTTP_SEC_GPC="1", HTTP_DNT="1")) == visitor_of(request())


@pytest.mark.parametrize("headers", [{"HTTP_SEC_GPC": "0"}, {"HTTP_DNT": "0"}, {"HTTP_DNT": ""}])
def test_visitor__who_wants_nothing(headers):
    assert visitor_of(request(**headers)) == visitor_of(request())


@pytest.mark.parametrize(
    ("values", "peer", "is_known"),
    [
        ({"VISITORS": False}, PEER, False),
        ({"TRUSTED_PROXIES": None}, PEER, True),
        ({"TRUSTED_PROXIES": None}, "127.0.0.1", False),
        ({"TRUSTED_PROXIES": 0}, "127.0.0.1", True),
        ({"TRUSTED_PROXIES": 1}, PEER, False),
    ],
)
def test_visitor__as_the_settings_say(ours, values, peer, is_known):
    ours(**values)
    assert (visitor_of(request(peer=peer)) is not None) is is_known


def test_visitor__is_the_client_behind_the_sites_proxies(ours):
    direct = visitor_of(request())
    ours(TRUSTED_PROXIES=1)
    forwarded = request(peer="10.0.0.1", HTTP_X_FORWARDED_FOR=f"1.1.1.1, {PEER}")
    assert visitor_of(forwarded) == direct


def test_visitor__unknown_without_a_secret():
    secret_reader.forget()
    assert visitor_of(request()) is None


def test_visitor__is_another_one_on_the_next_day(clock):
    secret_reader.read(NOWHERE)
    first = visitor_of(request())
    clock.go_on(days=1)
    second = visitor_of(request())
    assert None not in {first, second}
    assert first != second


def test_visitor__of_yesterday_cannot_be_made_again(clock):
    """From all that is stored, or in memory, by those who know the address and the user agent."""
    secret_reader.read(NOWHERE)
    yesterdays = visitor_of(request())
    secret = DaySecret.objects.get(day=date(2026, 5, 17)).secret

    def number(secret):
        said = f"{PEER}\n{known.CHROME}".encode()
        return int.from_bytes(hmac.digest(secret.encode(), said, "sha256")[:8], "big") >> 1

    assert number(secret) == yesterdays  # so anybody could, on the day itself
    clock.go_on(days=1)
    secret_reader.read(NOWHERE)
    left = [*DaySecret.objects.values_list("secret", flat=True)]
    left += secret_reader._known[NOWHERE].secrets.values()
    assert yesterdays not in map(number, left)
    assert secret not in left
    clock.go_on(days=-1)
    secret_reader.read(NOWHERE)
    assert visitor_of(request()) != yesterdays


@pytest.mark.parametrize("is_known", [True, False])
def test_visitor__takes_no_query(django_assert_num_queries, is_known):
    if not is_known:
        secret_reader.forget()
    with django_assert_num_queries(0):
        visitor_of(request())
        with transaction.atomic(durable=False, savepoint=False):
            visitor_of(request())


def test_visitor__of_an_async_view():
    async def view():
        return visitor_of(request())

    assert asyncio.run(view()) == visitor_of(request())


@pytest.mark.usefixtures("two_databases")
def test_visitor__is_another_one_at_each_tenants(ours):
    from django_share_analytics.places import here

    found = []
    for tenant in ("one", "two"):
        with at(tenant):
            secret_reader.read(here())
            found.append(visitor_of(request()))
    with at(None):  # where the router fails
        found.append(visitor_of(request()))
    assert found[2] is None
    assert len(set(found)) == 3


# expect_visitors


@pytest.fixture
def new_process(known_visitors, settings):
    """As a process of a site with share links is before its first request."""
    settings.ROOT_URLCONF = "tests.redirects.urls"
    forget_all()
    yield
    secret_reader.reset_after_fork()


def forget_all():
    secret_reader.forget()
    secret_reader.reset_after_fork()


def has_asked():
    """Whether the thread has a secret to read; and none from here on, until one asks."""
    asked = NOWHERE in secret_reader._known
    secret_reader.forget()
    return asked


def begin_request():
    request_started.send(sender=None)


@pytest.mark.usefixtures("new_process")
def test_expect_visitors__the_first_request_of_a_process_asks_and_later_ones_do_not(client):
    client.get("/nowhere")
    assert has_asked()
    client.get("/nowhere")
    begin_request()
    assert not has_asked()


@pytest.mark.usefixtures("new_process")
def test_expect_visitors__takes_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        begin_request()
    assert has_asked()


@pytest.mark.usefixtures("new_process")
def test_expect_visitors__where_none_are_told_apart(ours):
    ours(VISITORS=False)
    begin_request()
    assert not has_asked()


@pytest.mark.usefixtures("new_process")
def test_expect_visitors__where_there_are_no_links(settings):
    settings.ROOT_URLCONF = "tests.urls"
    begin_request()
    assert not has_asked()


@pytest.mark.usefixtures("new_process")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHARE_ANALYTICS", {"NO_SUCH_SETTING": 1}),
        ("SHARE_ANALYTICS", 5),
        ("ROOT_URLCONF", "no.such.urls"),
        ("ROOT_URLCONF", None),
    ],
)
def test_expect_visitors__breaks_nothing_that_is_set_wrongly(name, value, settings):
    setattr(settings, name, value)
    expect_visitors()
    expect_visitors(signal=request_started)
    assert not has_asked()


@pytest.mark.usefixtures("new_process", "two_databases")
def test_expect_visitors__where_the_hosts_router_fails():
    with at(None):
        expect_visitors()
    assert secret_reader._known == {}


@pytest.mark.usefixtures("new_process")
def test_share_assets__ask_each_time():
    begin_request()
    has_asked()
    for _ in range(2):
        page = Template("{% load share_analytics %}{% share_assets %}")
        assert "share-links.js" in page.render(Context({"request": RequestFactory().get("/")}))
        assert has_asked()


@pytest.mark.once
@pytest.mark.usefixtures("new_process")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_expect_visitors__a_forked_child_asks_again():
    begin_request()
    assert has_asked()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            begin_request()
            first = has_asked()
            begin_request()
            code = 0 if first and not has_asked() else 1
        finally:
            os._exit(code)
    assert exit_status(pid) == 0
    begin_request()
    assert not has_asked()
