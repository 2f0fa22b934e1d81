"""What templates say of share links and placements, for the scripts of the page."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch

from django_share_analytics.conf import get_settings
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.host.addresses import absolute_address, site_address
from django_share_analytics.host.endpoints import api_url
from django_share_analytics.links.addresses import CODE_PLACEHOLDER, are_on, link_template
from django_share_analytics.links.visitors import expect_visitors

if TYPE_CHECKING:
    from django.http import HttpRequest

_ANY_KEY = "0"


def shared_link(app: Any, key: str, address: str, request: HttpRequest | None) -> str:
    """The whole address of the links of ``app``, with ``{code}`` in it.

    Empty where ``address``, which is to be shared, is not the app's own page: a link leads nowhere
    else. So it is for a lone key, whose page nobody knows without a query.
    """
    if request is None or not are_on() or not hasattr(app, "get_absolute_url"):
        return ""
    path = link_template(key, request)
    if path and _own_page(app, request) == address:
        with suppress(InvalidShare):
            return site_address(request) + path
    return ""


def _own_page(app: Any, request: HttpRequest) -> str:
    try:
        page = app.get_absolute_url()
        return absolute_address(page, request) if page else ""
    except Exception:  # it is the host's: whatever it raises
        return ""


def landing_data(request: HttpRequest | None) -> dict[str, str]:
    """What ``share-links.js`` is told: where visits are posted, with ``{code}`` in it, and how the
    addresses of links begin. Empty where there are no links."""
    link = link_template(_ANY_KEY, request)
    if not link:
        return {}
    try:
        shares = api_url("shares", request)
    except NoReverseMatch:  # not from this page: no page is worse for that
        return {}
    expect_visitors()
    before, _, _ = link.partition(CODE_PLACEHOLDER)
    return {"visits_url": f"{shares}/{CODE_PLACEHOLDER}/visits", "link_url": before}


def impression_data(request: HttpRequest | None) -> dict[str, str]:
    """What ``share-views.js`` is told: where it posts which placements came into sight, and of how
    many page views one does. Empty where that is not measured."""
    try:
        ours = get_settings()
        if not ours.impression_sample or not ours.placements:
            return {}
        url = api_url("impressions", request)
    except (ImproperlyConfigured, NoReverseMatch):  # no page is worse for that
        return {}
    return {"impressions_url": url, "impression_sample": str(ours.impression_sample)}


@lru_cache(maxsize=1)
def can_draw_codes() -> bool:
    """Whether what draws QR codes is installed."""
    return find_spec("segno") is not None
