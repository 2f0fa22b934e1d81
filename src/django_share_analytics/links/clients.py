"""Where a request came from, as far as that can be known. Nothing of it is stored."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import get_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

IPV6_PREFIX = 64
"""Bits of an IPv6 address that stand for one client: a household or a phone has all the rest."""
FORWARDING_HEADERS = (
    "HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST", "HTTP_VIA", "HTTP_CF_CONNECTING_IP", "HTTP_TRUE_CLIENT_IP",
    "HTTP_X_CLIENT_IP", "HTTP_X_CLUSTER_CLIENT_IP", "HTTP_FASTLY_CLIENT_IP", "HTTP_FLY_CLIENT_IP",
)  # fmt: skip
"""What proxies add to a request: whoever sends one of them may be one."""
MAX_ADDRESS_LENGTH = 60
"""Characters of the longest address with brackets, zone and port, and some."""

_WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](:\d+)?|(?P<four>[^:]*):\d+", re.ASCII)

_Address = IPv4Address | IPv6Address


def client_of(meta: Mapping[str, Any], trusted_proxies: int | None) -> str | None:
    """The network of the client that made a request; ``None`` where that can't be known.

    ``meta`` is Django's ``request.META``. ``trusted_proxies`` says how many proxies of the site's
    own each request passes, each of which adds the peer that it has it from to ``X-Forwarded-For``:
    with 1, the last entry there is the client. With 0 it is the peer itself, whatever the headers
    say. What stands before these entries is of the client's own making.

    With ``None`` nobody has said. Then the client is the peer, unless it may be a proxy: where
    its address is none of the internet's, or the request has a header that proxies add.
    """
    if trusted_proxies:
        return _network(_address(_forwarded(meta, trusted_proxies)))
    peer = _address(str(meta.get("REMOTE_ADDR") or ""))
    if trusted_proxies is None and _may_be_a_proxy(peer, meta):
        return None
    return _network(peer)


def wants_to_be_nobody(meta: Mapping[str, Any]) -> bool:
    """Whether the browser says that its user is not to be followed (Global Privacy Control, or Do
    Not Track), and the site does as they say (``PRIVACY_SIGNALS``)."""
    says_so = meta.get("HTTP_SEC_GPC") == "1" or meta.get("HTTP_DNT") == "1"
    return says_so and get_settings().privacy_signals


def _may_be_a_proxy(peer: _Address | None, meta: Mapping[str, Any]) -> bool:
    is_outside = peer is not None and peer.is_global
    return not is_outside or any(header in meta for header in FORWARDING_HEADERS)


def _forwarded(meta: Mapping[str, Any], trusted_proxies: int) -> str:
    """What the outermost of the site's proxies says; empty where not all of them said something."""
    passed = str(meta.get("HTTP_X_FORWARDED_FOR") or "").rsplit(",", trusted_proxies)
    return passed[-trusted_proxies] if len(passed) >= trusted_proxies else ""


def _address(text: str) -> _Address | None:
    """The address that is written there, with a port or without."""
    text = text.strip(" \t")
    if len(text) > MAX_ADDRESS_LENGTH:
        return None
    if found := _WITH_PORT.fullmatch(text):
        text = found["six"] or found["four"] or ""
    try:
        if ":" in text:
            six = IPv6Address(text.partition("%")[0])
            address: _Address = six.ipv4_mapped or six
        else:
            address = IPv4Address(text)
    except ValueError:
        return None
    return address if int(address) else None  # all zeros are said where nothing is known


def _network(address: _Address | None) -> str | None:
    if address is None:
        return None
    if address.version == 4:
        return str(address)
    host = 128 - IPV6_PREFIX
    return f"{IPv6Address(int(address) >> host << host)}/{IPV6_PREFIX}"
