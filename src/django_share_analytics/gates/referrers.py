"""What is kept of a referrer, as the setting ``REFERRER`` has it.

The page on which somebody shared tells where shares are made. Its query and its fragment may have
anything in them: a token, a search, an address.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

WEB_PAGE = re.compile(
    r"(https?://)(?:[^/?#\\\s]*@)?((?:\[[^\]/?#@\\\s]{1,60}\]|[^:;/?#@\\\s\[\]]{1,253})(?::\d{0,5})?)"
    r"(/[^?#;]*)?(?=[?#;]|\Z)",
    re.ASCII | re.IGNORECASE,
)
"""The page's address: scheme, host with port, path. Nobody's name and password before the host, and
no ``;jsessionid=`` behind the path. No host is longer: a cut one may be the beginning of a name."""

OPENING_APP = re.compile(r"(?:android|ios)-app://[\w.\-]{1,260}(?=[/?#]|\Z)", re.ASCII)
"""How a phone names the app in which a page was opened. What follows is the page, once more."""


def kept_referrer(url: str | None, how_much: str) -> str | None:
    """``url`` without what is not to be kept: ``None`` where nothing is left.

    Of what is no address of the web or of an app (a file, a blob, an extension's page) nothing is:
    such addresses name people and machines.
    """
    if how_much == "full":
        return url
    if how_much == "none" or not url:
        return None
    if web := WEB_PAGE.match(url):
        scheme, host, path = web.groups(default="")
        if not _is_host(host):
            return None
        return scheme + host + (path if how_much == "path" else "")
    app = OPENING_APP.match(url)
    return app[0] if app else None


def _is_host(host: str) -> bool:
    """Whether who reads the referrer will find a host there: what is in brackets may be none, and
    letters that look like others."""
    try:
        is_plain = host.isascii() and not host.startswith("[")
        return is_plain or bool(urlsplit(f"//{host}").hostname)
    except ValueError:
        return False
