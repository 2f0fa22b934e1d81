"""The addresses of share links: ``/s/<code>/<key>``, wherever the host's urls have them."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from django.core.exceptions import DisallowedHost
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language

from django_share_analytics.host.endpoints import mounts_of
from django_share_analytics.keys import NO_TEXT
from django_share_analytics.links.codes import code_of, has_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from django.urls import URLResolver

    from django_share_analytics.host.endpoints import Mount

LINKS = "share_links"
"""What ``link_urls`` are called among a host's urls."""
CODE_PLACEHOLDER = "{code}"
_STAND_INS = {"code": "0", "key": "0"}
_THEIR_PATH = "0/0"


def are_on() -> bool:
    """Whether shares have links: the urls that are in force include ``link_urls``."""
    return bool(mounts_of("link", app_name=LINKS))


def link_of(share_id: UUID, app_key: Any, request: HttpRequest | None = None) -> str:
    """The path of a share's link; empty where it has none.

    That is: links are off, a path can't carry the key, or the id has no code. What the host's own
    urls capture before it is taken from the address of ``request``.
    """
    base = _base("link", request)
    path = base and has_code(share_id) and quoted_key(app_key)
    return f"{base}{code_of(share_id)}/{path}" if path else ""


def link_template(app_key: Any, request: HttpRequest | None = None, *, name: str = "link") -> str:
    """The path of the links of an app, with ``{code}`` in the place of the code; or empty.

    ``name`` is ``"qr"`` for the pictures of them.
    """
    base = _base(name, request)
    path = base and quoted_key(app_key)
    return path and f"{base}{CODE_PLACEHOLDER}/{path}"


def whole_link_of(share_id: UUID, app_key: Any, request: HttpRequest) -> str:
    """A share's link as the world outside knows it; empty where it has none."""
    path = link_of(share_id, app_key, request)
    try:
        return path and f"{request.scheme}://{request.get_host()}{path}"
    except DisallowedHost:
        return ""


def quoted_key(app_key: Any) -> str:
    """A key as the end of a path that leads back to it; empty where none does.

    Browsers and servers take dots for ways up, and make one slash of two. All but slashes is
    quoted, and a last full stop: where people write, what marks the end of an address isn't of it.
    """
    if isinstance(app_key, UUID | int):
        return str(app_key)
    key = str(app_key)
    first, *others = key.split("/")
    if not first or "" in others[:-1] or {".", ".."} & {first, *others} or NO_TEXT.search(key):
        return ""
    path = quote(key, safe="/")
    return f"{path[:-1]}%2E" if path[-1] == "." else path


def _base(name: str, request: HttpRequest | None) -> str:
    """The path up to the code; empty where there are no links."""
    for place in mounts_of(name, request, app_name=LINKS):
        with suppress(NoReverseMatch, re.error):  # the host captures a "code" or a "key", too
            if place.captured or place.unnamed:
                return _reversed(place, place.values_from(getattr(request, "resolver_match", None)))
            language = get_language() if place.is_translated else None
            return _kept(place, get_resolver(get_urlconf()), language, get_script_prefix())
    return ""


def _reversed(place: Mount, values: Mapping[str, Any]) -> str:
    return reverse(place.full_name, kwargs={**values, **_STAND_INS}).removesuffix(_THEIR_PATH)


@lru_cache(maxsize=256)
def _kept(place: Mount, root: URLResolver, language: str | None, prefix: str) -> str:
    """The rest of the arguments are all that the path depends on, beside the place.

    Each share that is posted is answered with its link, and to reverse takes longer than the rest
    of that.
    """
    return _reversed(place, {})
