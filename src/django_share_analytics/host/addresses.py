"""The address to share, as the world outside knows it: a page of this site, or a whole web address.

Addresses are made of strangers' text (a slug, a field that users fill in, the path of the request),
and what is made of them is opened in other people's browsers. So they are read as a browser reads
them, which forgives far more than Python does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import DisallowedHost
from django.utils.encoding import escape_uri_path, iri_to_uri

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
