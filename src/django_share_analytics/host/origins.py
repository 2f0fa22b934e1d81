"""Whose page sent a request, as far as its browser says: the site's own, one it trusts, another's.

No page can have a browser say anything else in ``Origin``, ``Sec-Fetch-Site`` and ``Host``. Who is
no browser says there what it likes, or nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

OTHER_SITE = "cross-site"
THIS_SITE = {"same-origin", "same-site", "none"}
"""What ``Sec-Fetch-Site`` says of the site's own pages, of its subdomains' and other ports', and of
what no page did."""
LOCAL_HOST = "localhost"


def is_from_trusted_origin(request: HttpRequest) -> bool:
    """Whether a page of this very origin, or of ``CSRF_TRUSTED_ORIGINS``, made the request.

    Browsers send ``Origin`` with every POST and ``Sec-Fetch-Site`` from HTTPS pages, and let no
    script set either. Without both there is nothing to go by: not trusted.
    """
    if request.META.get("HTTP_SEC_FETCH_SITE") == "same-origin":
        return True
    origin = request.META.get("HTTP_ORIGIN")
    if not origin:
        return False
    return origin == f"{request.scheme}://{request.get_host()}" or is_trusted(origin)


def is_from_another_site(request: HttpRequest) -> bool:
    """Whether a page had this sent that is neither of this site nor of one that it lets in.

    More is let through here than by :func:`is_from_trusted_origin`: nothing is done in anybody's
    name. Native apps and servers say nothing of an origin, and pass. Never raises, but for what a
    setting of the host's makes Python raise.
    """
    said = request.META.get("HTTP_SEC_FETCH_SITE")
    if said in THIS_SITE:
        return False
    origin = request.META.get("HTTP_ORIGIN") or ""
    if not origin and said != OTHER_SITE:
        return False
    return not (_is_ours(origin, request) or is_trusted(origin) or _cors_allows(origin))


def is_trusted(origin: str) -> bool:
    """Whether ``CSRF_TRUSTED_ORIGINS`` has it."""
    return _is_among(origin, settings.CSRF_TRUSTED_ORIGINS)


def _is_ours(origin: str, request: HttpRequest) -> bool:
    """Whether it is of this site by its host alone, or no page of the web at all.

    Not by its scheme and port. Behind a proxy that does TLS, Django takes the request for one by
    http where nobody has told it otherwise, and all of the site would be another's. Nobody else has
    pages under the site's name, but who is on the line, and can count without any browser.
    """
    scheme, is_whole, rest = origin.partition("://")
    if not is_whole:
        return False  # "null", which any page can be made to say
    host, _ = split_domain_port(rest)
    if scheme.lower() not in ("http", "https") or _is_below(host, LOCAL_HOST):
        return True  # capacitor://localhost, https://localhost, file://: an app on the device
    named = [each for each in settings.ALLOWED_HOSTS if each != "*"]
    own = _host_of(request)
    return bool(host) and (
        host == own or validate_host(host, named) or _are_related(host, own, request)
    )


def _are_related(host: str, own: str, request: HttpRequest) -> bool:
    """Whether one is a part of the other, where the browser doesn't know better: whose customers
    have parts of a domain, it has a list of."""
    if request.META.get("HTTP_SEC_FETCH_SITE") == OTHER_SITE:
        return False
    return _is_below(host, own) or _is_below(own, host)


def _is_below(host: str, domain: str) -> bool:
    """Whether it is that domain or a part of it: both are one's who has the domain."""
    return bool(domain) and is_same_domain(host, f".{domain}")


def _host_of(request: HttpRequest) -> str:
    """Without its port; empty where it is none of the site's."""
    try:
        return split_domain_port(request.get_host())[0]
    except DisallowedHost:  # a name of somebody else's that leads here
        return ""


def _cors_allows(origin: str) -> bool:
    """Whether the settings of django-cors-headers let pages there read what is answered."""
    if getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False):
        return True
    if _is_among(origin, getattr(settings, "CORS_ALLOWED_ORIGINS", None) or ()):
        return True
    patterns = getattr(settings, "CORS_ALLOWED_ORIGIN_REGEXES", None) or ()
    return any(re.match(pattern, origin) for pattern in patterns)


def _is_among(origin: str, origins: Iterable[str]) -> bool:
    return any(_matches(origin, each) for each in origins)


def _matches(origin: str, trusted: str) -> bool:
    """Whether ``origin`` is ``trusted``, which may say ``https://*.example.com``."""
    if "*" not in trusted:
        return origin == trusted.lower()
    try:
        ours, theirs = urlsplit(trusted), urlsplit(origin)
    except ValueError:
        return False
    return ours.scheme == theirs.scheme and is_same_domain(theirs.netloc, ours.netloc.lstrip("*"))
