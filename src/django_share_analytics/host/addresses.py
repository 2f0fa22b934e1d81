"""The address to share, as the world outside knows it: a page of this site, or a whole web address.

Addresses are made of strangers' text (a slug, a field that users fill in, the path of the request),
and what is made of them is opened in other people's browsers. So they are read as a browser reads
them, which forgives far more than Python does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http.request import split_domain_port, validate_host
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.http import escape_leading_slashes

from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.host.names import sendable

if TYPE_CHECKING:
    from django.http import HttpRequest

DROPPED = re.compile("[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
"""Browsers read an address as if these were not in it: they must not hide a scheme."""
SCHEME = re.compile("[a-z][a-z0-9+.-]*:", re.IGNORECASE)
WEB_ADDRESS = re.compile("https?://[^/]", re.IGNORECASE)
NO_HOST = re.compile(r"[\x00-\x20\x7f-\xa0\\@%<>^|`{}\"\ufffd]")
"""With these in it, a host is another one to a browser than it is to Python, or to a reader."""

NO_REQUEST = (
    "needs an absolute url=, or the request in the template's context. "
    '"django.template.context_processors.request" in the context_processors of TEMPLATES puts it '
    "there, for templates that are rendered with a request."
)


def site_address(request: HttpRequest) -> str:
    """The site that is asked, without a slash at its end.

    :raises InvalidShare: the request names no host that Django allows.
    """
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost as error:
        raise InvalidShare(f"has no address to share: {error}") from error


def own_address(request: HttpRequest) -> str:
    """The page that is asked for, without a query that may carry what is the visitor's alone.

    :raises InvalidShare: the request names no host that Django allows.
    """
    return site_address(request) + escape_uri_path(sendable(request.path))


def absolute_address(url: object, request: HttpRequest | None) -> str:
    """``url`` as a whole address: ``http`` or ``https``, and no user's name before the host.

    What begins with no scheme is a path of this site, however many slashes it begins with.

    :raises InvalidShare: it is of another scheme, or can't be made absolute.
    """
    text = DROPPED.sub("", sendable(str(url)))
    if SCHEME.match(text):
        return _web_address(text)
    if request is None:
        raise InvalidShare(NO_REQUEST)
    path = iri_to_uri(text) or ""
    # Whole, as urljoin() and browsers take the beginning of "//elsewhere/x" for a host.
    return site_address(request) + path if path[:1] == "/" else urljoin(own_address(request), path)


def address_on_site(url: object, request: HttpRequest) -> str:
    """``url`` as an address that a visitor of this site can be sent to: a path, as browsers read it
    from the root, or a whole address of a host that is the site's own.

    That is the host that was asked, and those that ``ALLOWED_HOSTS`` names.

    :raises InvalidShare: it leads elsewhere, or nowhere.
    """
    text = DROPPED.sub("", sendable(str(url)))
    if SCHEME.match(text):
        address = _web_address(text)
        if not _is_ours(urlsplit(address).netloc, request):
            raise InvalidShare(f"{address[:100]!a} leads to a host that ALLOWED_HOSTS doesn't name")
        return address
    if not text:
        raise InvalidShare("is empty")
    path = iri_to_uri(text) or ""
    # The beginning of "//elsewhere/x" is a host to browsers.
    return escape_leading_slashes(path if path[0] == "/" else f"/{path}")


def _is_ours(host: str, request: HttpRequest) -> bool:
    domain, _ = split_domain_port(host)
    asked, _ = split_domain_port(request.get_host())
    named = [each for each in settings.ALLOWED_HOSTS if each != "*"]
    return domain == asked or bool(domain and validate_host(domain, named))


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_web = bool(WEB_ADDRESS.match(text) and parts.hostname and parts.port != 0)
    except ValueError:  # a port or a bracket that makes no sense
        is_web = False
    if not is_web or NO_HOST.search(parts.netloc):
        raise InvalidShare(
            f"{text[:100]!a} is no address to share: it must begin with http:// or https:// and a "
            "host, without a user name, or be a path of this site."
        )
    return iri_to_uri(text) or ""
