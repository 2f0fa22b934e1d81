from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from django_share_analytics.links.clients import FORWARDING_HEADERS, client_of

pytestmark = pytest.mark.once

PEER, CLIENT, LIAR = "8.8.4.4", "93.184.216.34", "1.1.1.1"


def meta(peer, forwarded=None, **headers):
    found = {"REMOTE_ADDR": peer, **headers}
    if forwarded is not None:
        found["HTTP_X_FORWARDED_FOR"] = forwarded
    return found


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("93.184.216.34", "93.184.216.34"),
        ("2606:2800:220:1:248:1893:25c8:1946", "2606:2800:220:1::/64"),
        ("2606:2800:220:1::1", "2606:2800:220:1::/64"),
        ("2606:2800:220:2::1", "2606:2800:220:2::/64"),
        ("::ffff:93.184.216.34", "93.184.216.34"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("", None),
        ("unix:", None),
        ("@", None),
        ("0.0.0.0", None),
        ("::", None),
        ("localhost", None),
        ("not an address", None),
        ("1.2.3", None),
        ("1.2.3.4.5", None),
        ("01.2.3.4", None),
        ("\u0661.2.3.4", None),
        ("9" * 100_000, None),
    ],
)
def test_without_proxies_it_is_the_peer(peer, client):
    assert client_of(meta(peer), 0) == client


def test_without_proxies_headers_say_nothing():
    headers = dict.fromkeys(FORWARDING_HEADERS, LIAR)
    assert client_of(meta(PEER, **headers), 0) == PEER


@pytest.mark.parametrize("missing", [{}, {"REMOTE_ADDR": None}])
@pytest.mark.parametrize("proxies", [None, 0, 1])
def test_no_peer_at_all(missing, proxies):
    assert client_of(missing, proxies) is None


@pytest.mark.parametrize(
    ("forwarded", "proxies", "client"),
    [
        (CLIENT, 1, CLIENT),
        (f"{LIAR}, {CLIENT}", 1, CLIENT),
        (f"{CLIENT}, 10.0.0.1", 2, CLIENT),
        (f"{LIAR}, {LIAR}, {CLIENT},10.0.0.1", 2, CLIENT),
        (f"{LIAR},{CLIENT} ,\t10.0.0.1, 10.0.0.2", 3, CLIENT),
        (f"{CLIENT}:54321", 1, CLIENT),
        ("[2606:2800:220:1::1]:443", 1, "2606:2800:220:1::/64"),
        ("[2606:2800:220:1::1]", 1, "2606:2800:220:1::/64"),
        ("2606:2800:220:1::1", 1, "2606:2800:220:1::/64"),
        ("[::ffff:93.184.216.34]:80", 1, CLIENT),
        # Fewer than there are proxies: it came another way, and anybody may have said it.
        (CLIENT, 2, None),
        (None, 1, None),
        ("", 1, None),
        (f"{CLIENT},", 1, None),
        (f"{LIAR}, unknown", 1, None),
        (f"{LIAR}, unix:", 1, None),
        (f"{LIAR}, _hidden", 1, None),
        (f"{LIAR}, [::1", 1, None),
        (f"{LIAR}, {CLIENT}:port", 1, None),
        (f"{LIAR}, 1.2.3.4/8", 1, None),
        (f"{LIAR}, {'[' * 100_000}", 1, None),
    ],
)
@pytest.mark.parametrize("peer", ["", "127.0.0.1", "10.0.0.9", PEER])
def test_behind_proxies_it_is_what_the_outermost_says(peer, forwarded, proxies, client):
    assert client_of(meta(peer, forwarded), proxies) == client


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        (CLIENT, CLIENT),
        ("2606:2800:220:1::1", "2606:2800:220:1::/64"),
        ("", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("10.0.0.9", None),
        ("172.17.0.1", None),
        ("192.168.1.1", None),
        ("169.254.1.1", None),
        ("100.64.0.1", None),
        ("fd00::1", None),
        ("fe80::1", None),
        ("unix:", None),
    ],
)
def test_when_nobody_said_it_is_a_peer_that_can_be_no_proxy(peer, client):
    assert client_of(meta(peer), None) == client


@pytest.mark.parametrize("header", FORWARDING_HEADERS)
def test_when_nobody_said_a_peer_that_forwards_may_be_a_proxy(header):
    assert client_of(meta(PEER, **{header: ""}), None) is None


addresses = st.ip_addresses().map(str)
lies = st.text(max_size=40) | addresses | st.lists(addresses, max_size=4).map(", ".join)
lying_headers = st.dictionaries(st.sampled_from(FORWARDING_HEADERS), lies)


@given(client=addresses, lie=lies, headers=lying_headers, proxies=st.integers(1, 4), data=st.data())
def test_nobody_chooses_an_address(client, lie, headers, proxies, data):
    """Whatever a client sends before what the site's proxies add, it is the one they saw."""
    seen = data.draw(st.lists(addresses, min_size=proxies - 1, max_size=proxies - 1))
    added = ", ".join([client, *seen])
    honest = client_of(meta("10.0.0.1", added), proxies)
    forged = {**headers, "HTTP_X_FORWARDED_FOR": f"{lie}, {added}"}
    assert client_of(meta("10.0.0.1", **forged), proxies) == honest
    assert client_of(meta(client, **{**headers, "HTTP_X_FORWARDED_FOR": lie}), 0) == honest


@given(peer=addresses, headers=lying_headers)
def test_when_nobody_said_a_client_is_itself_or_nobody(peer, headers):
    assert client_of(meta(peer, **headers), None) in {None, client_of(meta(peer), 0)}


@given(text=st.text(max_size=80), proxies=st.none() | st.integers(0, 3))
@example(text="%", proxies=0)
@example(text="[]:1", proxies=1)
def test_garbage_is_nobody_or_somebody_and_never_an_error(text, proxies):
    found = client_of(meta(text, text), proxies)
    assert found is None or ip_network(found)


@given(st.ip_addresses(v=6), st.ip_addresses(v=6))
def test_a_household_is_one(one, other):
    assume(not any(ip.ipv4_mapped or ip.is_unspecified for ip in (one, other)))
    is_same = int(one) >> 64 == int(other) >> 64
    assert (client_of(meta(str(one)), 0) == client_of(meta(str(other)), 0)) is is_same


@given(st.ip_addresses(v=4))
def test_an_address_of_the_fourth_version_is_one_however_it_is_written(address):
    mapped = ip_address(f"::ffff:{address}")
    assert client_of(meta(str(mapped)), 0) == client_of(meta(str(address)), 0)
